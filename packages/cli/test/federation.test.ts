import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { startInside } from "@stairwell/server";
import { onFolder } from "./command-line.ts";

async function acme(t: TestContext) {
  const { folder, stairwell } = onFolder(t);
  await stairwell("tenant", "create", "acme", "--server-name", "acme.example");
  const json = async (...args: string[]) => JSON.parse((await stairwell(...args, "--tenant", "acme", "--json")).data);
  return { folder, stairwell, json };
}

const DAY = 24 * 60 * 60 * 1000;

test("FD1 a key is shown, rotated with 30 days' overlap, and revoked, all of it on the audit", async (t) => {
  const { stairwell, json } = await acme(t);
  const shown = await json("federation", "key", "show");
  assert.equal(shown.server_name, "acme.example");
  assert.equal(shown.keys.length, 1);
  assert.match(shown.keys[0].public_key, /^ed25519:[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual([shown.keys[0].in_use, shown.keys[0].valid_until, shown.keys[0].introduced_by], [true, null, null]);
  assert.doesNotMatch(JSON.stringify(shown), /private/);

  const rotated = await json("federation", "key", "rotate");
  const [old, fresh] = rotated.keys;
  assert.equal(old.key_id, shown.keys[0].key_id);
  assert.deepEqual([old.in_use, fresh.in_use, fresh.introduced_by], [false, true, old.key_id]);
  const overlap = Date.parse(old.valid_until) - Date.now();
  assert(overlap > 29 * DAY && overlap <= 30 * DAY, String(overlap));
  assert.match((await stairwell("federation", "key", "show", "--tenant", "acme")).data, /in use/);

  // The key in use is stolen: the old one is still good, and introduces the next.
  const revoked = await json("federation", "key", "revoke", fresh.key_id);
  const [, stolen, next] = revoked.keys;
  assert.notEqual(stolen.revoked_at, null);
  assert.deepEqual([revoked.replaced_by, next.introduced_by, next.in_use], [next.key_id, old.key_id, true]);
  assert.deepEqual({ ...(await json("federation", "key", "revoke", fresh.key_id)), replaced_by: next.key_id }, revoked);

  const acts = await json("audit");
  assert.deepEqual(
    acts.map(({ action, actor, details }: Record<string, unknown>) => [action, actor, details]).slice(2),
    [
      ["signing_key.rotate", "operator", { key_id: fresh.key_id }],
      ["signing_key.revoke", "operator", { key_id: fresh.key_id }],
    ],
  );
  assert.equal((await stairwell("federation", "key", "revoke", "none", "--tenant", "acme")).code, 4);
  assert.equal((await stairwell("federation", "key", "show", "--tenant", "nobody")).code, 4);
  assert.equal((await stairwell("federation", "key", "show")).code, 2);
});

test("FD3 where no good key is left to introduce the next, the command says what others have to do", async (t) => {
  const { stairwell, json } = await acme(t);
  const [only] = (await json("federation", "key", "show")).keys;
  const { data } = await stairwell("federation", "key", "revoke", only.key_id, "--tenant", "acme");
  const [, next] = (await json("federation", "key", "show")).keys;
  assert.equal(next.introduced_by, null);
  assert.ok(data.includes(`stairwell federation peer trust NAME ${next.public_key}`), data);
});

test("FD1 the same commands go through a running server, which signs with the new key at once", async (t) => {
  const { folder, stairwell, json } = await acme(t);
  await stairwell("tenant", "create", "dev", "--server-name", "dev.localhost");
  const server = await startInside({ data: folder });
  t.after(() => server.close());
  const rotated = JSON.parse((await stairwell("federation", "key", "rotate", "--tenant", "dev", "--json")).data);
  const asking = request(`${server.url}/.well-known/stairwell/server`, { headers: { host: "dev.localhost" } }).end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const descriptor = JSON.parse(await text(response));
  assert.equal(descriptor.public_key, rotated.keys[1].public_key);
  assert.equal(descriptor.keys.length, 2);
  assert.equal((await json("federation", "key", "show")).keys.length, 1);
});

test("FD3 an administrator vouches for another server's key, once, and what is no key or name is refused", async (t) => {
  const { stairwell, json } = await acme(t);
  const publicKey = "ed25519:qkLdCTbn3LjtaOsl2xGDg8SDvUWKjfa1ITwvx2g6wXk=";
  assert.deepEqual(await json("federation", "peer", "list"), []);
  const trusted = await json("federation", "peer", "trust", "b.example", publicKey);
  assert.deepEqual([trusted.server_name, trusted.trusted_key, trusted.keys], ["b.example", publicKey, []]);
  assert.deepEqual(await json("federation", "peer", "trust", "b.example", publicKey), trusted);
  assert.deepEqual(await json("federation", "peer", "list"), [trusted]);
  assert.match((await stairwell("federation", "peer", "list", "--tenant", "acme")).data, /b\.example/);
  const acts = await json("audit", "--action", "peer.trust");
  assert.equal(acts.length, 1);
  assert.deepEqual(acts[0].details, { server_name: "b.example", public_key: publicKey });
  for (const [name, key] of [
    ["127.0.0.1", publicKey],
    ["B.example", publicKey],
    ["b.example", publicKey.slice("ed25519:".length)],
    ["b.example", "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
    ["b.example", "ed25519:A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="],
    ["b.example", `${publicKey}=`],
  ] as const) {
    assert.equal(
      (await stairwell("federation", "peer", "trust", name, key, "--tenant", "acme")).code,
      2,
      `${name} ${key}`,
    );
  }
});
