import assert from "node:assert/strict";
import { test } from "node:test";
import { isPeerName, keyFor, type KeyRefusal, OLD_KEY_MS, type ServerKey } from "./index.ts";

const DAY = 24 * 60 * 60 * 1000;
const MADE = 1000 * DAY;
const ROTATED = MADE + 100 * DAY;
const END = ROTATED + OLD_KEY_MS;
const REVOKED = ROTATED + 10 * DAY;

const key = (keyId: string, rest: Partial<ServerKey>): ServerKey => ({
  keyId,
  publicKey: keyId,
  validFrom: MADE,
  validUntil: null,
  revokedAt: null,
  ...rest,
});
const KEYS = [
  key("old", { validUntil: END }),
  key("new", { validFrom: ROTATED }),
  key("stolen", { validUntil: END, revokedAt: REVOKED }),
];

/** Which key a signature names, when it was made, when it was first seen; and what becomes of it. */
const TABLE: readonly [what: string, keyId: string, at: number, seenAt: number, refusal: KeyRefusal | undefined][] = [
  ["a request by the key in use", "new", ROTATED + DAY, ROTATED + DAY, undefined],
  ["a request by it at once", "new", ROTATED, ROTATED, undefined],
  ["a request by it, whose server's clock is a minute ahead", "new", ROTATED - 60_000, ROTATED - 60_000, undefined],
  ["a request before there was the key", "new", ROTATED - 60_001, ROTATED - 60_001, "early"],
  ["an event from before there was the key, shown today", "new", MADE, ROTATED + DAY, "early"],
  ["a request by the old key within 30 days", "old", END - 1, END - 1, undefined],
  ["a request by the old key after them", "old", END, END, "expired"],
  ["an event of the old key's time, first seen long after it", "old", ROTATED - DAY, END + 300 * DAY, undefined],
  ["an event of after its time, seen before", "old", END + DAY, END - DAY, "expired"],
  ["an event of a stolen key's time, seen in that time", "stolen", ROTATED, ROTATED + DAY, undefined],
  ["an event of its time, first seen after it was revoked", "stolen", ROTATED, REVOKED, "revoked"],
  ["a backdated event, first seen long after", "stolen", MADE, REVOKED + 300 * DAY, "revoked"],
  ["a request by a revoked key", "stolen", REVOKED + 1, REVOKED + 1, "revoked"],
  ["a key that nobody published", "other", ROTATED, ROTATED, "unknown"],
];

for (const [what, keyId, at, seenAt, refusal] of TABLE) {
  test(`FD1 ${what}: ${refusal ?? "admitted"}`, () => {
    const standing = keyFor(KEYS, keyId, at, seenAt);
    if (refusal !== undefined) assert.deepEqual(standing, { refusal });
    else assert.equal("key" in standing && standing.key.keyId, keyId);
  });
}

test("FD1 without keys nothing is admitted", () => {
  assert.deepEqual(keyFor([], "old", MADE, MADE), { refusal: "unknown" });
});

test("FD3 a server is named by a DNS name, never by an address or a URL: FIN-13, FIN-14", () => {
  for (const name of [
    "acme.example",
    "acme.example:8448",
    "localhost",
    "xn--bcher-kva.example",
    "4chan.example",
    "1.2.3.a",
  ]) {
    assert(isPeerName(name), name);
  }
  for (const name of [
    "",
    "Acme.example",
    "acme.example.",
    "acme.example:443",
    "acme.example:0443",
    "acme.example:x",
    "acme.example:",
    "acme.example:65536",
    "127.0.0.1",
    "127.0.0.1:8080",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "a.0x1f",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "::1",
    "fe80::1%eth0",
    "a@acme.example",
    "acme.example/",
    "acme.example?x",
    "acme.example#x",
    "acme%2eexample",
    "acme。example",
    "bücher.example",
    "-acme.example",
    "acme..example",
    "acme_x.example",
    " acme.example",
    "acme.example\n",
    "a".repeat(64) + ".example",
  ]) {
    assert(!isPeerName(name), JSON.stringify(name));
  }
});
