import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";

const read = (who: Person, room: string, event_id: string) => who.put(`/v1/rooms/${room}/read`, { event_id });
const markerOf = async (who: Person, room: string) =>
  assertOk(await who.get(`/v1/rooms/${room}`)).data.me.last_read_event_id;
/** The newest member event about somebody. */
const passageOf = async (who: Person, room: string) =>
  (await who.history(room)).findLast(
    ({ event_type, content }) => event_type === "swp.room.member" && content.participant === who.id,
  );

test("RD0 every passage to join sets the marker to that event: by making, invite, the open door, and coming back", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "public" });
  for (const who of [alice, bob]) assert.equal(await markerOf(who, room), (await passageOf(who, room)).id);
  for (let round = 0; round < 3; round++) {
    await alice.say(room, "while he is in");
    assertOk(await bob.post(`/v1/rooms/${room}/leave`));
    await alice.say(room, "while he is out", { mentions: [bob.id] });
    assertOk(await bob.post(`/v1/rooms/${room}/join`));
    const passage = await passageOf(bob, room);
    const { me } = assertOk(await bob.get(`/v1/rooms/${room}`)).data;
    assert.deepEqual([me.last_read_event_id, me.unread_count, me.mention_count], [passage.id, 0, 0]);
    const { unread } = assertOk(await bob.get(`/v1/rooms/${room}/state`)).data;
    assert.equal(unread.last_read_position, passage.stream_position);
  }
});

test("RD0 a join by one who is in, and a restore, leave markers where they are", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "public" });
  await alice.say(room, "unread");
  const markers = async () => Promise.all([alice, bob].map((who) => markerOf(who, room)));
  const before = await markers();
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  assert.deepEqual(await markers(), before);
  assert.equal(assertOk(await bob.get(`/v1/rooms/${room}`)).data.me.unread_count, 1);
});

test("RD1 the marker moves forward to any event and answers what is left after it", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const said = [];
  for (let i = 0; i < 4; i++) said.push(await alice.say(room, `${i}`, i % 2 === 0 ? { mentions: [bob.id] } : {}));
  assertOk(await alice.put(`/v1/rooms/${room}/topic`, { topic: "New" }));
  const topic = (await bob.history(room)).at(-1);
  const steps = [
    [said[0], 3, 1],
    [said[2], 1, 0],
    [said[3], 0, 0],
    [topic, 0, 0],
  ] as const;
  for (const [event, unread_count, mention_count] of steps) {
    const expected = {
      last_read_event_id: event.id,
      last_read_position: event.stream_position,
      unread_count,
      mention_count,
    };
    assert.deepEqual(assertOk(await read(bob, room, event.id)).data, expected);
    assert.deepEqual(assertOk(await bob.get(`/v1/rooms/${room}/state`)).data.unread, expected);
  }
});

test("RD1 an older event, or the same, is a 200 with the marker unchanged", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  for (let i = 0; i < 3; i++) await alice.say(room, `${i}`);
  const history = await bob.history(room);
  const at = history.at(-2);
  const moved = assertOk(await read(bob, room, at.id)).data;
  assert.deepEqual([moved.last_read_event_id, moved.unread_count], [at.id, 1]);
  for (const older of history.slice(0, -1)) {
    assert.deepEqual(assertOk(await unchanged(server, () => read(bob, room, older.id))).data, moved);
  }
});

test("RD1 an event of another room, an unknown one, and one of another tenant are 404", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const [room, other] = [await alice.roomWith([bob]), await alice.roomWith([bob])];
  const elsewhere = await alice.say(other, "elsewhere");
  for (const event of [elsewhere.id, "evt-none", " ", room]) {
    assertRefused(await unchanged(server, () => read(bob, room, event)), 404, "SW_EVENT_NOT_FOUND");
  }
  assertRefused(await read(bob, room, ""), 400, "SW_REQUEST_INVALID");
});

test("RD1 only the joined have a marker to move", async (t) => {
  const { server, alice, bob, carol, dave } = await openStage(t, ["alice", "bob", "carol", "dave"]);
  const room = await alice.roomWith([carol], { room_type: "public" });
  const event = await alice.say(room, "x");
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  assertOk(await carol.post(`/v1/rooms/${room}/leave`));
  for (const who of [bob, carol, dave]) {
    assertRefused(await unchanged(server, () => read(who, room, event.id)), 403, "SW_ROOM_FORBIDDEN", "RD1");
  }
});

test("LC1 RD1 the marker moves in archived and closed rooms as well", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const said = [await alice.say(room, "one"), await alice.say(room, "two")];
  for (const [i, verb] of ["archive", "close"].entries()) {
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
    const moved = assertOk(await read(bob, room, said[i].id)).data;
    assert.deepEqual([moved.last_read_event_id, moved.unread_count], [said[i].id, 1 - i]);
  }
});
