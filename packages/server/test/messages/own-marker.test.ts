import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

const meOf = async (who: Person, room: string) => assertOk(await who.get(`/v1/rooms/${room}`)).data.me;

test("EV7 sending moves the sender's own marker to what was sent, over all that was unread, and nobody else's", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const marker = (await meOf(carol, room)).last_read_event_id;
  for (let i = 0; i < 3; i++) await alice.say(room, `${i}`, { mentions: [bob.id] });
  assert.deepEqual([(await meOf(bob, room)).unread_count, (await meOf(bob, room)).mention_count], [3, 3]);
  const sent = await bob.say(room, "mine");
  const own = await meOf(bob, room);
  assert.deepEqual([own.last_read_event_id, own.unread_count, own.mention_count], [sent.id, 0, 0]);
  assert.equal((await meOf(alice, room)).unread_count, 1);
  const others = await meOf(carol, room);
  assert.deepEqual([others.last_read_event_id, others.unread_count], [marker, 4]);
});

test("EV7 a custom event moves it as well; a refused send and a repeat do not", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const send = (body: object) => bob.post(`/v1/rooms/${room}/send`, body);
  const first = assertOk(await send({ content: {}, event_uuid: "one" })).data;
  await alice.say(room, "unread");
  assertRefused(await send({ content: { mentions: ["prt-none"] } }), 404, "SW_PARTICIPANT_NOT_FOUND");
  assertOk(await send({ content: {}, event_uuid: "one" }));
  assert.deepEqual([(await meOf(bob, room)).last_read_event_id, (await meOf(bob, room)).unread_count], [first.id, 1]);
  const custom = assertOk(await send({ content: {}, event_type: "acme.deploy" })).data;
  assert.deepEqual([(await meOf(bob, room)).last_read_event_id, (await meOf(bob, room)).unread_count], [custom.id, 0]);
});

test("EV7 changing the room is no sending: it leaves the marker where it is", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  await bob.say(room, "unread");
  const before = await meOf(alice, room);
  assertOk(await alice.put(`/v1/rooms/${room}/name`, { name: "New" }));
  assertOk(await alice.put(`/v1/rooms/${room}/members/${bob.id}/power-level`, { power_level: 50 }));
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  const after = await meOf(alice, room);
  assert.deepEqual([after.last_read_event_id, after.unread_count], [before.last_read_event_id, 1]);
});
