import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, TestClock } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { banned, invited, joined, removed } from "./expected.ts";
import { memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

const HOUR = 3_600_000;

/** A room with bob banned from it for an hour. */
async function banForAnHour(t: TestContext, body: Record<string, unknown> = {}) {
  const clock = new TestClock();
  const server = await startVerified(t, { clock });
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
  const expires_at = new Date(clock.now() + HOUR).toISOString();
  const ban = () => alice.post(room.path("/ban"), { participant_id: bob.id, reason: "Cool down.", expires_at });
  await room.appends(ban, banned(bob, alice, { reason: "Cool down.", expires_at }));
  return { clock, server, alice, bob, room };
}

test("MB13 a ban holds to its last millisecond and is over at its end: a public room is joined again", async (t) => {
  const { clock, alice, bob, room } = await banForAnHour(t, { room_type: "public" });
  const join = () => bob.post(room.path("/join"));
  clock.advance(HOUR - 1);
  await room.refuses(join, 403, "SW_ROOM_FORBIDDEN", "MB2");
  assert.equal(assertOk(await bob.get(room.path())).data.me.membership, "ban");
  clock.advance(1);
  assert.equal(assertOk(await bob.get(room.path())).data.me.membership, "leave");
  await room.changesNothing(() => bob.post(room.path("/leave")));
  const answer = await room.appends(join, joined(bob));
  assert.deepEqual(memberIn(answer), {
    participant_id: bob.id,
    membership: "join",
    power_level: 0,
    invited_by: null,
    cause: null,
    reason: null,
    ban_expires_at: null,
  });
  assert.deepEqual((await alice.get(room.path())).data.members_count, 2);
});

test("MB13 after the end of a ban an invite works again, of people and of eager bots", async (t) => {
  const { clock, server, alice, bob, room } = await banForAnHour(t);
  const bot = await makeBot(server, "eager", { autoJoin: true });
  const expires_at = new Date(clock.now() + HOUR).toISOString();
  assertOk(await alice.post(room.path("/ban"), { participant_id: bot.id, expires_at }));
  const invite = (who: typeof bob) => () => alice.post(room.path("/invite"), { participant_id: who.id });
  for (const who of [bob, bot]) await room.refuses(invite(who), 403, "SW_ROOM_FORBIDDEN", "MB2");
  clock.advance(HOUR);
  await room.refuses(() => bob.get(room.path()), 403, "SW_ROOM_FORBIDDEN", "VS3");
  await room.appends(invite(bob), invited(bob, alice));
  await room.appends(() => bob.post(room.path("/rejoin")), joined(bob));
  await room.appends(invite(bot), invited(bot, alice), joined(bot));
});

test("MB13 a ban that is over is no ban to kick, unban, lists and a new ban", async (t) => {
  const { clock, alice, bob, room } = await banForAnHour(t);
  const listed = async (membership: string) => {
    const { data, meta } = assertOk(await alice.get(room.path(`/members?membership=${membership}`)));
    assert.equal(meta.total, data.length);
    return (
      data as { participant_id: string; membership: string; cause: string | null; ban_expires_at: string | null }[]
    ).map(({ participant_id, cause, ban_expires_at, ...row }) => [
      participant_id,
      row.membership,
      cause,
      ban_expires_at,
    ]);
  };
  const end = new Date(clock.now() + HOUR).toISOString();
  assert.deepEqual([await listed("ban"), await listed("leave")], [[[bob.id, "ban", null, end]], []]);
  clock.advance(HOUR);
  assert.deepEqual([await listed("ban"), await listed("leave")], [[], [[bob.id, "leave", "expired", null]]]);
  const target = { participant_id: bob.id };
  await room.refuses(() => alice.post(room.path("/kick"), target), 409, "SW_MEMBER_STATE", "MB12");
  const unbanned = await room.changesNothing(() => alice.post(room.path("/unban"), target));
  assert.deepEqual(
    [unbanned.data.membership, unbanned.data.cause, unbanned.data.ban_expires_at],
    ["leave", "expired", null],
  );
  await room.appends(() => alice.post(room.path("/ban"), target), banned(bob, alice));
  await room.appends(() => alice.post(room.path("/unban"), target), removed(bob, alice, "unbanned"));
});

test("MB13 a ban made anew after an early unban runs from its own start", async (t) => {
  const { clock, alice, bob, room } = await banForAnHour(t, { room_type: "public" });
  assertOk(await alice.post(room.path("/unban"), { participant_id: bob.id }));
  const expires_at = new Date(clock.now() + 2 * HOUR).toISOString();
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id, expires_at }));
  clock.advance(HOUR);
  await room.refuses(() => bob.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "MB2");
  clock.advance(HOUR);
  await room.appends(() => bob.post(room.path("/join")), joined(bob));
});
