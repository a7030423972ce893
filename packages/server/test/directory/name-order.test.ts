import { test } from "node:test";
import assert from "node:assert/strict";
import { openStage } from "../support/stage.ts";
import { walk } from "./walk.ts";

test("AP7 a walk by name gives own and public rooms once each, whatever script they are named in", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  // The store orders by code point; JavaScript puts the first two the other way round.
  const names = ["\uf8ff sign", "\u{1f600} face", "zebra", "äpfel", "\ufb50"];
  for (const [i, name] of names.entries()) {
    await (i % 2 === 0 ? alice : bob).roomWith([], { name, room_type: "public" });
  }
  const whole = await walk(bob, "/v1/directory/rooms?sort=name", 200);
  assert.equal(whole.length, names.length);
  for (const limit of [1, 2, 3]) assert.deepEqual(await walk(bob, "/v1/directory/rooms?sort=name", limit), whole);
});
