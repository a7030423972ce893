import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, assertRefused, type Person, TestClock, type TestServerOptions } from "@stairwell/testing";
import { makeBot } from "../members/bots.ts";
import { givePower, RoomUnderTest } from "../members/room-under-test.ts";
import { foreigner, openStage } from "../support/stage.ts";

const content = { body: "The build is green.", msgtype: "swp.text" };

async function roomWithBot(t: TestContext, body: Record<string, unknown> = {}, options: TestServerOptions = {}) {
  const stage = await openStage(t, ["alice", "bob", "carol"], options);
  const bot = await makeBot(stage.server, "robo");
  const room = new RoomUnderTest(stage.server, await stage.alice.roomWith([stage.bob, bot], body), stage.alice);
  const sendAs =
    (who: Person, as: Pick<Person, "id">, more: object = {}) =>
    () =>
      who.post(room.path("/send"), { content, as_participant_id: as.id, ...more });
  return { ...stage, bot, room, sendAs };
}

const unreadOf = async (who: Person, room: RoomUnderTest): Promise<number> =>
  assertOk(await who.get(room.path())).data.me.unread_count;

for (const [kind, participantType] of [
  ["a bot", "bot"],
  ["an agent", "agent"],
] as const) {
  test(`PL4 an admin of the room sends on behalf of ${kind}, who is the sender while the admin is shown`, async (t) => {
    const { server, alice, bob, room, sendAs } = await roomWithBot(t);
    const other = await makeBot(server, "ada", { participantType });
    assertOk(await alice.post(room.path("/invite"), { participant_id: other.id }));
    assertOk(await other.post(room.path("/join")));
    const sent = assertOk(await sendAs(alice, other)());
    assert.deepEqual([sent.status, sent.data.sender_id, sent.data.acted_by_id], [201, other.id, alice.id]);
    const custom = assertOk(await sendAs(alice, other, { event_type: "acme.deploy" })());
    const seen = (await bob.history(room.id)).slice(-2);
    assert.deepEqual(seen, [sent.data, custom.data]);
    const own = await alice.say(room.id, "My own.");
    assert.equal("acted_by_id" in own, false);
  });
}

test("PL4 AP5 it needs power 100, whoever is named", async (t) => {
  const { alice, bob, bot, carol, room, sendAs } = await roomWithBot(t);
  for (const level of [0, 50, 99]) {
    await givePower(alice, room, bob, level);
    for (const as of [bot, alice, carol, { id: "prt-nobody" }]) {
      await room.refuses(sendAs(bob, as), 403, "SW_ROOM_FORBIDDEN", "PL4", { needed: 100, actual: level });
    }
  }
  await room.refuses(sendAs(carol, bot), 404, "SW_ROOM_NOT_FOUND");
  assertOk(await alice.post(room.path("/invite"), { participant_id: carol.id }));
  await room.refuses(sendAs(carol, bot), 403, "SW_ROOM_FORBIDDEN", "MB4");
  // A bot with power acts for another bot as anybody does.
  await givePower(alice, room, bot, 100);
  await room.refuses(sendAs(bot, alice), 403, "SW_ROOM_FORBIDDEN", "PL4");
});

test("PL4 AP1 nobody is sent for but bots and agents of the tenant who are in the room", async (t) => {
  const { server, alice, bob, carol, bot, room, sendAs } = await roomWithBot(t);
  const eve = await foreigner(server, "eve");
  for (const as of [eve, { id: "prt-nobody" }, { id: "x" }]) {
    await room.refuses(sendAs(alice, as), 404, "SW_PARTICIPANT_NOT_FOUND");
  }
  for (const as of [bob, carol]) await room.refuses(sendAs(alice, as), 403, "SW_ROOM_FORBIDDEN", "PL4");
  for (const who of [alice, bot]) await room.refuses(sendAs(who, who), 400, "SW_REQUEST_INVALID");
  for (const as of ["", null, 7, "x".repeat(256)]) {
    const send = () => alice.post(room.path("/send"), { content, as_participant_id: as });
    await room.refuses(send, 400, "SW_REQUEST_INVALID");
  }
  // What the content names is unknown before anything is said of the one who is named.
  const unknown = { content: { reply_to_event_id: "evt-nothing" } };
  await room.refuses(sendAs(alice, bob, unknown), 404, "SW_EVENT_NOT_FOUND");

  const outside = await makeBot(server, "other");
  const stays = [
    () => alice.post(room.path("/invite"), { participant_id: outside.id }),
    () => alice.post(room.path("/kick"), { participant_id: outside.id }),
    () => alice.post(room.path("/ban"), { participant_id: outside.id }),
  ];
  await room.refuses(sendAs(alice, outside), 409, "SW_MEMBER_STATE", "PL4");
  for (const call of stays) {
    assertOk(await call());
    await room.refuses(sendAs(alice, outside), 409, "SW_MEMBER_STATE", "PL4");
  }
  assertOk(await bot.post(room.path("/leave")));
  await room.refuses(sendAs(alice, bot), 409, "SW_MEMBER_STATE", "PL4");
  assertOk(await alice.post(room.path("/archive")));
  await room.refuses(sendAs(alice, bot), 409, "SW_ROOM_FROZEN", "LC1");
});

test("EV7 RD2 the bot's marker moves and not the caller's: to them it is a message by another", async (t) => {
  const { alice, bob, bot, room, sendAs } = await roomWithBot(t);
  await bob.say(room.id, "Well?");
  const markerOf = async (who: Person) => assertOk(await who.get(room.path())).data.me.last_read_event_id as string;
  const before = await markerOf(alice);
  assert.deepEqual([await unreadOf(alice, room), await unreadOf(bot, room), await unreadOf(bob, room)], [1, 1, 0]);
  const { data } = assertOk(await sendAs(alice, bot)());
  assert.deepEqual([await markerOf(alice), await markerOf(bot)], [before, data.id]);
  assert.deepEqual([await unreadOf(alice, room), await unreadOf(bot, room), await unreadOf(bob, room)], [2, 0, 1]);
  await alice.say(room.id, "As said.");
  assert.deepEqual([await unreadOf(alice, room), await unreadOf(bot, room), await unreadOf(bob, room)], [0, 1, 2]);
});

test("EV6 whom it mentions follows from the bot: its own power for @room, its author for a reply", async (t) => {
  const { alice, bob, bot, room, sendAs } = await roomWithBot(t);
  const mentions = async (who: Person) => assertOk(await who.get(room.path())).data.me.mention_count as number;
  assertOk(await sendAs(alice, bot, { content: { mentions: ["@room"] } })());
  assert.deepEqual([await mentions(alice), await mentions(bob)], [0, 0]);
  await givePower(alice, room, bot, 50);
  const { data } = assertOk(await sendAs(alice, bot, { content: { mentions: ["@room", bot.id] } })());
  assert.deepEqual([await mentions(alice), await mentions(bob), await mentions(bot)], [1, 1, 0]);
  await bob.say(room.id, "Thanks.", { reply_to_event_id: data.id });
  assert.deepEqual([await mentions(alice), await mentions(bot)], [1, 1]);
});

test("EV1 a repeat on behalf answers the same event for its caller, and is a conflict for every other sender", async (t) => {
  const { alice, bob, bot, room, sendAs } = await roomWithBot(t);
  const once = { event_uuid: "once" };
  const first = assertOk(await sendAs(alice, bot, once)());
  const again = await room.changesNothing(sendAs(alice, bot, once));
  assert.deepEqual([again.status, again.data], [201, first.data]);

  const plain =
    (who: Person, more: object = {}) =>
    () =>
      who.post(room.path("/send"), { content, ...once, ...more });
  await room.refuses(plain(bot), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
  await room.refuses(sendAs(alice, bot, { ...once, content: {} }), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
  await room.refuses(sendAs(alice, bot, { ...once, event_type: "acme.x" }), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
  // The ids of the caller's own messages are apart from the bot's.
  assert.notEqual(assertOk(await plain(alice)()).data.id, first.data.id);

  await room.refuses(sendAs(bob, bot, once), 403, "SW_ROOM_FORBIDDEN", "PL4", { needed: 100, actual: 0 });
  await givePower(alice, room, bob, 100);
  await room.refuses(sendAs(bob, bot, once), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
  assertOk(await plain(bot, { event_uuid: "own" })());
  await room.refuses(sendAs(bob, bot, { event_uuid: "own" }), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");

  // For ever: without the power for it, and when the bot has gone.
  await givePower(alice, room, alice, 0);
  assertOk(await bot.post(room.path("/leave")));
  const later = await room.changesNothing(sendAs(alice, bot, once));
  assert.equal(later.data.id, first.data.id);
});

test("PL4 in a direct room a side sends on behalf of the bot that is the other", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const bot = await makeBot(server, "robo");
  const { id } = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bot.id })).data;
  const send = (as: Person) => alice.post(`/v1/rooms/${id}/send`, { content, as_participant_id: as.id });
  const { data } = assertOk(await send(bot));
  assert.deepEqual([data.sender_id, data.acted_by_id], [bot.id, alice.id]);
  assertRefused(await send(bob), 403, "SW_ROOM_FORBIDDEN", "PL4");
  assertOk(await bot.post(`/v1/rooms/${id}/leave`));
  assertRefused(await send(bot), 409, "SW_MEMBER_STATE", "PL4");
});

test("the caller pays for what they send on behalf, and the bot nothing", async (t) => {
  const clock = new TestClock();
  const { server, alice, bot, sendAs } = await roomWithBot(t, {}, { clock });
  await server.setLimits({ send_rate: { per_second: 1, burst: 3 } });
  clock.advance(10_000);
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await sendAs(alice, bot)()).status);
  assert.deepEqual(statuses, [201, 201, 201, 429]);
  assertOk(await bot.post("/v1/rooms/dm", { participant_id: alice.id }));
});
