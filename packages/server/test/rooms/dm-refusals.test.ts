import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";

/** The calls that a direct room has no use for. */
function refusedCalls(
  room: string,
  other: Person,
  stranger: Person,
): [what: string, call: (by: Person) => ReturnType<Person["get"]>][] {
  const post = (verb: string, who: Person) => (by: Person) =>
    by.post(`/v1/rooms/${room}/${verb}`, { participant_id: who.id });
  return [
    ["invite somebody", post("invite", stranger)],
    ["invite the other side", post("invite", other)],
    ["invite by FQID", (by) => by.post(`/v1/rooms/${room}/invite`, { fqid: stranger.me.fqid })],
    ["invite nobody there is", (by) => by.post(`/v1/rooms/${room}/invite`, { participant_id: "prt-nobody" })],
    ["kick the other side", post("kick", other)],
    ["kick somebody", post("kick", stranger)],
    ["ban the other side", post("ban", other)],
    ["ban somebody", post("ban", stranger)],
    ["unban", post("unban", other)],
    ["rename", (by) => by.put(`/v1/rooms/${room}/name`, { name: "Ours" })],
    ["set power", (by) => by.put(`/v1/rooms/${room}/members/${other.id}/power-level`, { power_level: 0 })],
    ["lower oneself", (by) => by.put(`/v1/rooms/${room}/members/${by.id}/power-level`, { power_level: 0 })],
  ];
}

for (const state of ["open", "archived", "closed"] as const) {
  test(`DM3 both sides of a DM that is ${state} are refused by its type what only groups have`, async (t) => {
    const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
    const { id: room } = (await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
    if (state !== "open") assertOk(await bob.post(`/v1/rooms/${room}/${state === "closed" ? "close" : "archive"}`));
    for (const [side, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      for (const [what, call] of refusedCalls(room, other, carol)) {
        const answer = await unchanged(server, () => call(side));
        assert.equal(answer.status, 400, what);
        assertRefused(answer, 400, "SW_ROOM_TYPE_INVARIANT", "DM3");
      }
    }
  });
}

test("DM3 a side that left is refused because they are out, not by the type", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const { id: room } = (await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  for (const [, call] of refusedCalls(room, alice, carol)) {
    assertRefused(await unchanged(server, () => call(bob)), 403, "SW_ROOM_FORBIDDEN", "VS3");
  }
});

test("DM3 a topic is nobody's to refuse: either side sets and clears it", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const { id: room } = (await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  assert.equal(assertOk(await bob.put(`/v1/rooms/${room}/topic`, { topic: "Lunch" })).data.topic, "Lunch");
  assert.equal(assertOk(await alice.put(`/v1/rooms/${room}/topic`, { topic: null })).data.topic, null);
});
