import assert from "node:assert/strict";
import { test } from "node:test";
import { isSealed, newRoomKey, openText, type Seal, sealText } from "./seal.ts";

const SEAL: Seal = { kind: "content", context: "1 2 3 evt" };

test("DEL2 what was sealed opens with its key and at its place, and nowhere else", () => {
  const key = newRoomKey();
  const text = `{"body":"café \u{1f98a} ${"x".repeat(70_000)}"}`;
  const sealed = sealText(key, SEAL, 3, text);
  assert.equal(openText(key, SEAL, sealed), text);
  assert.equal(openText(newRoomKey(), SEAL, sealed), undefined);
  assert.equal(openText(key, { ...SEAL, context: "1 2 4 evt" }, sealed), undefined);
  assert.equal(openText(key, { ...SEAL, kind: "name" }, sealed), undefined);
});

test("DEL2 a sealed text that was changed anywhere does not open", () => {
  const key = newRoomKey();
  const sealed = sealText(key, SEAL, 3, "salt {}");
  const bytes = Buffer.from(sealed.slice(1), "base64");
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i]! ^= 1;
    assert.equal(openText(key, SEAL, sealed[0] + changed.toString("base64")), undefined, `byte ${i}`);
    assert.equal(openText(key, SEAL, sealed[0] + bytes.subarray(0, i).toString("base64")), undefined, `cut at ${i}`);
  }
});

test("DEL2 no two texts of a log share a nonce, whatever chance does, and one that is written again has another", () => {
  const key = newRoomKey();
  const nonceOf = (sealed: string) => Buffer.from(sealed.slice(1), "base64").subarray(0, 12);
  // The part that is not random is the kind and the position.
  const fixed = new Set<string>();
  for (const kind of ["content", "name", "topic"] as const) {
    for (const position of [1, 2, 255, 256, 65_536, 2 ** 32, 2 ** 40 - 1]) {
      fixed.add(
        nonceOf(sealText(key, { ...SEAL, kind }, position, ""))
          .subarray(0, 6)
          .toString("hex"),
      );
    }
  }
  assert.equal(fixed.size, 21);
  const again = new Set(Array.from({ length: 1000 }, () => nonceOf(sealText(key, SEAL, 7, "")).toString("hex")));
  assert.equal(again.size, 1000);
});

test("DEL2 nothing that a room can say or be called is taken for sealed", () => {
  for (const text of ["{}", '{"\u0001":1}', "A room", "", "~", "\u00011".slice(1)]) assert.equal(isSealed(text), false);
  assert.equal(isSealed(sealText(newRoomKey(), SEAL, 1, "")), true);
});
