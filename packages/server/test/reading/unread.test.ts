import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";

const unreadOf = async (who: Person) => assertOk(await who.get("/v1/rooms/unread")).data;
const totals = (unread_count: number, mention_count: number) => ({
  unread_count,
  mention_count,
  muted_unread_count: 0,
  muted_mention_count: 0,
});

test("RD2 unread are the messages of others after the marker; state and custom events are none", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const counts = async () => {
    const { me } = assertOk(await bob.get(`/v1/rooms/${room}`)).data;
    return [me.unread_count, me.mention_count];
  };
  assert.deepEqual(await counts(), [0, 0]);
  assertOk(await alice.put(`/v1/rooms/${room}/name`, { name: "New" }));
  assertOk(await alice.post(`/v1/rooms/${room}/send`, { content: { mentions: [bob.id] }, event_type: "acme.deploy" }));
  assert.deepEqual(await counts(), [0, 0]);
  await alice.say(room, "one");
  await alice.say(room, "two", { mentions: [bob.id] });
  assert.deepEqual(await counts(), [2, 1]);
});

test("RD2 DEL4 a redaction lowers the counts, and takes the message out of the mentions", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const read = await alice.say(room, "read", { mentions: [bob.id] });
  assertOk(await bob.put(`/v1/rooms/${room}/read`, { event_id: read.id }));
  const said = [await alice.say(room, "one", { mentions: [bob.id] }), await alice.say(room, "two")];
  const counts = async () => {
    const { me } = assertOk(await bob.get(`/v1/rooms/${room}`)).data;
    const [listed] = (await unreadOf(bob)).rooms;
    assert.deepEqual([listed?.unread_count ?? 0, listed?.mention_count ?? 0], [me.unread_count, me.mention_count]);
    return [me.unread_count, me.mention_count];
  };
  assert.deepEqual(await counts(), [2, 1]);
  for (const [{ id }, left] of [
    [read, [2, 1]],
    [said[0], [1, 0]],
    [said[0], [1, 0]],
    [said[1], [0, 0]],
  ] as const) {
    assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
    assert.deepEqual(await counts(), left);
  }
});

test("RD2 nothing is written for the other members at a send", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const rowsOfOthers = () =>
    server.db.all(
      "SELECT d.* FROM reading d JOIN participants p USING (tenant_no, participant_no) WHERE p.local_id <> 'alice' ORDER BY participant_no",
    );
  const before = await rowsOfOthers();
  assert.equal(before.length, 2);
  for (let i = 0; i < 5; i++) await alice.say(room, `${i}`);
  assert.deepEqual(await rowsOfOthers(), before);
});

test("RD2 the unread list has open joined rooms with something unread, and their sum", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const rooms = [await alice.roomWith([bob]), await alice.roomWith([bob]), await alice.roomWith([bob])];
  const invited = (await alice.post("/v1/rooms", { room_type: "group", name: "A", invite: [bob.id] })).data
    .id as string;
  assert.deepEqual(await unreadOf(bob), { rooms: [], totals: totals(0, 0) });
  for (let i = 0; i < 3; i++) await alice.say(rooms[0]!, `${i}`, { mentions: i === 0 ? [bob.id] : [] });
  await alice.say(rooms[1]!, "x", { mentions: ["@room"] });
  await alice.say(invited, "not his yet", { mentions: ["@room"] });
  const of = (room_id: string | undefined, unread_count: number, mention_count: number) => ({
    room_id,
    unread_count,
    mention_count,
    muted: false,
  });
  const listed = await unchanged(server, () => unreadOf(bob));
  assert.deepEqual(listed, { rooms: [of(rooms[0], 3, 1), of(rooms[1], 1, 1)], totals: totals(4, 2) });
  assert.deepEqual(await unreadOf(alice), { rooms: [], totals: totals(0, 0) });
  assertOk(await bob.post(`/v1/rooms/${rooms[0]}/leave`));
  assert.deepEqual(await unreadOf(bob), { rooms: [of(rooms[1], 1, 1)], totals: totals(1, 1) });
});

test("LC2 archiving takes a room out of the unread totals at once, and a restore puts it back", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  await alice.say(room, "x", { mentions: [bob.id] });
  const before = await unreadOf(bob);
  assert.deepEqual(before.totals, totals(1, 1));
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assert.deepEqual(await unreadOf(bob), { rooms: [], totals: totals(0, 0) });
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  assert.deepEqual(await unreadOf(bob), before);
  assertOk(await alice.post(`/v1/rooms/${room}/close`));
  assert.deepEqual(await unreadOf(bob), { rooms: [], totals: totals(0, 0) });
});

test("RD2 what others have read is nobody's to see", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "x");
  const seen = async () => {
    const answers = [];
    for (const path of ["", "/members", "/messages", `/events/${said.id}`])
      answers.push((await alice.get(`/v1/rooms/${room}${path}`)).data);
    return answers;
  };
  const before = await seen();
  assertOk(await bob.put(`/v1/rooms/${room}/read`, { event_id: said.id }));
  assert.deepEqual(await seen(), before);
});
