import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { givePower, RoomUnderTest } from "../members/room-under-test.ts";
import { foreigner, openStage, unchanged } from "../support/stage.ts";

const send = (who: Person, room: string, content: object) => who.post(`/v1/rooms/${room}/send`, { content });

async function mentionsOf(who: Person, room: string): Promise<[unread: number, mentions: number]> {
  const { me } = assertOk(await who.get(`/v1/rooms/${room}`)).data;
  return [me.unread_count, me.mention_count];
}

test("EV6 a mention by id and one by FQID are the same, count once, and read as ids", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const ways = [[bob.id], [bob.me.fqid], [bob.id, bob.me.fqid, bob.id]];
  for (const [i, mentions] of ways.entries()) {
    const sent = assertOk(await send(alice, room, { body: "x", mentions })).data;
    assert.deepEqual(sent.content.mentions, [bob.id]);
    assert.deepEqual(await mentionsOf(bob, room), [i + 1, i + 1]);
    assert.deepEqual(await mentionsOf(carol, room), [i + 1, 0]);
  }
  const both = assertOk(await send(alice, room, { mentions: [carol.id, alice.id, bob.me.fqid] })).data;
  assert.deepEqual(both.content.mentions, [carol.id, alice.id, bob.id], "in the order given");
  assert.deepEqual(await mentionsOf(alice, room), [0, 0]);
  assert.deepEqual(await mentionsOf(carol, room), [4, 1]);
});

test("EV6 @room counts for everybody from power 50, and below it is kept and ignored", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  let mentions = 0;
  for (const [level, counts] of [
    [0, false],
    [49, false],
    [50, true],
    [49, false],
    [100, true],
  ] as const) {
    await givePower(alice, room, bob, level);
    const sent = assertOk(await send(bob, room.id, { mentions: ["@room"] })).data;
    assert.deepEqual(sent.content.mentions, ["@room"]);
    mentions += counts ? 1 : 0;
    assert.equal((await mentionsOf(carol, room.id))[1], mentions);
    assert.equal((await mentionsOf(alice, room.id))[1], mentions);
    assert.deepEqual(await mentionsOf(bob, room.id), [0, 0]);
  }
  assertOk(await send(alice, room.id, { mentions: ["@room", carol.id] }));
  assert.equal((await mentionsOf(carol, room.id))[1], mentions + 1, "once, though named twice");
});

test("EV6 a reply mentions the author replied to, and its author only where that is another", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const said = await bob.say(room, "question");
  await alice.say(room, "answer", { reply_to_event_id: said.id });
  assert.deepEqual(await mentionsOf(bob, room), [1, 1]);
  assert.deepEqual(await mentionsOf(carol, room), [2, 0]);
  await alice.say(room, "again", { reply_to_event_id: said.id, mentions: [bob.id] });
  assert.deepEqual(await mentionsOf(bob, room), [2, 2]);
  await bob.say(room, "to myself", { reply_to_event_id: said.id });
  assert.deepEqual(await mentionsOf(bob, room), [0, 0]);
  assert.equal(assertOk(await carol.get(`/v1/rooms/${room}/events/${said.id}`)).data.reply_count, 3);
  const [own] = (await alice.history(room)).filter(
    ({ sender_id, event_type }) => sender_id === carol.id && event_type === "swp.room.member",
  );
  await bob.say(room, "welcome", { reply_to_event_id: own.id });
  assert.equal((await mentionsOf(carol, room))[1], 1, "a reply to somebody's joining");
});

test("EV6 a mention of somebody who is not joined adds nobody, and counts for them at no time", async (t) => {
  const { server, alice, bob, carol, dave } = await openStage(t, ["alice", "bob", "carol", "dave"]);
  const room = await alice.roomWith([carol]);
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  assertOk(await carol.post(`/v1/rooms/${room}/leave`));
  const members = async () => (await server.db.all("SELECT * FROM members ORDER BY room_no, participant_no")).length;
  const before = await members();
  const sent = assertOk(await send(alice, room, { mentions: [bob.id, carol.id, dave.id] })).data;
  assert.deepEqual(sent.content.mentions, [bob.id, carol.id, dave.id]);
  assert.equal(await members(), before);
  assert.deepEqual(await mentionsOf(bob, room), [0, 0]);
  assertRefused(await dave.get(`/v1/rooms/${room}`), 404, "SW_ROOM_NOT_FOUND");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id }));
  assertOk(await carol.post(`/v1/rooms/${room}/join`));
  for (const who of [bob, carol]) assert.deepEqual(await mentionsOf(who, room), [0, 0]);
});

test("EV6 people of other servers may be mentioned by FQID and stay as written; unknown ones of this server are 404", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const eve = await foreigner(server, "eve");
  const room = await alice.roomWith([]);
  const mentions = [
    "@someone:elsewhere.example",
    "@someone:elsewhere.example:8448",
    eve.me.fqid,
    "@nobody:other.localhost",
  ];
  const sent = await send(alice, room, { mentions });
  assert.deepEqual([sent.status, sent.data.content.mentions], [201, mentions]);
  for (const name of [
    "prt-none",
    eve.id,
    "@nobody:dev.localhost",
    "@:dev.localhost",
    "alice",
    "@alice",
    "@here",
    "@Room",
  ]) {
    const refused = await unchanged(server, () => send(alice, room, { mentions: [alice.id, name] }));
    assertRefused(refused, 404, "SW_PARTICIPANT_NOT_FOUND");
  }
});

test("EV6 there are 100 mentions at the most, and only texts of 1 to 255 characters", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  const many = (count: number) => Array.from({ length: count }, (_, i) => `@p${i}:elsewhere.example`);
  assert.equal((await send(alice, room, { mentions: many(100) })).status, 201);
  assert.equal((await send(alice, room, { mentions: [] })).status, 201);
  await unchanged(server, async () => {
    for (const mentions of [
      many(101),
      Array(101).fill(alice.id),
      "@room",
      null,
      {},
      [1],
      [null],
      [""],
      ["x".repeat(256)],
      [["@room"]],
    ]) {
      assertRefused(await send(alice, room, { mentions }), 400, "SW_REQUEST_INVALID");
    }
  });
});

test("EV6 the text of a body is never parsed", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  await alice.say(room, `@bob @room ${bob.id} ${bob.me.fqid} <@${bob.id}>`, {
    html: "@room",
    data: { mentions: [bob.id] },
  });
  assert.deepEqual(await mentionsOf(bob, room), [1, 0]);
});

test("EV2 EV6 a reply to an event of no such room, and a medium that is not there, are 404", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const [room, other] = [await alice.roomWith([]), await alice.roomWith([])];
  const elsewhere = await alice.say(other, "elsewhere");
  await unchanged(server, async () => {
    for (const reply_to_event_id of ["evt-none", elsewhere.id, " ", room]) {
      assertRefused(await send(alice, room, { reply_to_event_id }), 404, "SW_EVENT_NOT_FOUND");
    }
    assertRefused(await send(alice, room, { media_id: "med-none" }), 404, "SW_MEDIA_NOT_FOUND");
    for (const wrong of [
      { reply_to_event_id: null },
      { reply_to_event_id: "" },
      { reply_to_event_id: 5 },
      { media_id: {} },
      { media_id: "" },
    ]) {
      assertRefused(await send(alice, room, wrong), 400, "SW_REQUEST_INVALID");
    }
  });
});
