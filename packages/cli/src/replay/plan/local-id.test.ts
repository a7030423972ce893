import assert from "node:assert/strict";
import { test } from "node:test";
import { LOCAL_ID } from "@stairwell/protocol";
import fc from "fast-check";
import { HOST } from "../server/enter.ts";
import { localIdOf } from "./local-id.ts";

const IRC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_[]\\^`{|}".split("");
const ircNick = fc.string({ unit: fc.constantFrom(...IRC), minLength: 1, maxLength: 16 });
/** Of few characters, so that two of them often differ in little. */
const closeNick = fc.string({
  unit: fc.constantFrom("a", "A", "0", "1", "2", "d", "_", "-", "|", ".", "é"),
  minLength: 1,
  maxLength: 6,
});

/** The nick that a local id came from. */
function nickOf(localId: string): string {
  const [, base, mask] = /^(?:0\.(?=[-_]))?([a-z0-9_-]+)(?:\.([0-9a-f]+))?$/.exec(localId)!;
  const bytes = base!.replace(
    /-([0-9a-f]{2})|([^-])/g,
    (_, hex?: string, other?: string) => hex ?? Buffer.from(other!).toString("hex"),
  );
  const letters = BigInt(`0x${mask ?? "0"}`);
  let i = 0n;
  return Buffer.from(bytes, "hex")
    .toString()
    .replace(/[A-Za-z]/g, (letter) => ((letters >> i++) & 1n ? letter.toUpperCase() : letter));
}

test("a nick becomes a local id that people can read", () => {
  const examples = {
    seveas: "seveas",
    Seveas: "seveas.1",
    Dr_Willis: "dr_willis.5",
    jdub_: "jdub_",
    "|QuaD-": "0.-7cquad-2d.9",
    _: "0._",
    José: "jos-c3-a9.1",
  };
  for (const [nick, localId] of Object.entries(examples)) assert.equal(localIdOf(nick), localId);
});

test("every nick of IRC becomes a valid local id, from which the nick can be told again", () => {
  fc.assert(
    fc.property(ircNick, (nick) => {
      const localId = localIdOf(nick);
      assert.match(localId, LOCAL_ID);
      assert.equal(nickOf(localId), nick);
    }),
    { numRuns: 2000 },
  );
});

test("nicks that look alike never share a local id", () => {
  fc.assert(
    fc.property(fc.uniqueArray(closeNick, { minLength: 50, maxLength: 50 }), (nicks) => {
      assert.equal(new Set(nicks.map(localIdOf)).size, nicks.length);
      for (const nick of nicks) assert.equal(nickOf(localIdOf(nick)), nick);
    }),
  );
});

test("no nick becomes the host of a replay", () => {
  assert.match(HOST.localId, LOCAL_ID);
  fc.assert(
    fc.property(
      fc.oneof(ircNick, closeNick, fc.constantFrom("replay.host", "replay", "Replay")),
      (nick) => localIdOf(nick) !== HOST.localId,
    ),
  );
  // What follows the last dot of a nick's local id is hex, or the id begins with `0.`.
  assert.doesNotMatch(HOST.localId, /^0\.|\.[0-9a-f]+$/);
});
