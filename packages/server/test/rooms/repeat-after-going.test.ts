import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

const key = (name: string) => ({ "idempotency-key": name });

test("MB10 a repeat of one's own command shows a banned person nothing of the room as it is now", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  assertOk(await alice.put(`/v1/rooms/${room}/members/${bob.id}/power-level`, { power_level: 50 }));
  const archive = () => bob.post(`/v1/rooms/${room}/archive`, {}, key("archive"));
  const kick = () => bob.post(`/v1/rooms/${room}/kick`, { participant_id: carol.id }, key("kick"));
  assertOk(await kick());
  assertOk(await archive());
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  assert.equal((await archive()).headers.get("idempotency-replayed"), "true");
  assert.equal((await kick()).data.membership, "leave");

  assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id }));
  assertOk(await alice.put(`/v1/rooms/${room}/name`, { name: "Behind his back" }));
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id }));
  assertRefused(await archive(), 403, "SW_ROOM_FORBIDDEN", "MB2");
  assertRefused(await kick(), 403, "SW_ROOM_FORBIDDEN", "MB2");
});

test("AP6 a repeat of one's own join is answered after a kick as well, with the caller's own row", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([]);
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  const join = () => bob.post(`/v1/rooms/${room}/join`, {}, key("join"));
  assert.equal(assertOk(await join()).data.membership, "join");
  assertOk(await alice.post(`/v1/rooms/${room}/kick`, { participant_id: bob.id }));
  const again = assertOk(await join());
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual([again.data.participant_id, again.data.membership], [bob.id, "leave"]);
});
