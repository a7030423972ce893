import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestClock } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { givePower, RoomUnderTest } from "./room-under-test.ts";

const PEOPLE = ["alice", "bob", "carol", "dave", "erin", "frank"] as const;

test("MB13 the bans of a room say who, why, until when, by whom and since when, and end with their time", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob, carol, dave, erin } = await openStage(t, PEOPLE, { clock });
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  await givePower(alice, room, bob, 50);
  const at = (ms: number) => new Date(clock.now() + ms).toISOString();
  const ban = async (by: Person, who: Person, more: object = {}) =>
    assertOk(await by.post(room.path("/ban"), { participant_id: who.id, ...more }));
  const list = async () => assertOk(await bob.get(room.path("/bans"))).data;

  assert.deepEqual(await list(), []);
  const of = (who: Person, by: Person, more: object) => ({
    participant_id: who.id,
    reason: null,
    expires_at: null,
    banned_by: by.id,
    banned_at: at(0),
    participant: {
      id: who.id,
      local_id: who.name,
      server_name: "dev.localhost",
      fqid: who.me.fqid,
      display_name: who.me.display_name,
      participant_type: "human",
      avatar_url: null,
    },
    ...more,
  });
  await ban(bob, carol, { reason: "Spam." });
  const first = of(carol, bob, { reason: "Spam." });
  clock.advance(10);
  await ban(alice, dave, { expires_at: at(1000) });
  const second = of(dave, alice, { expires_at: at(1000) });
  clock.advance(10);
  await ban(bob, erin);
  const third = of(erin, bob, {});
  assert.deepEqual(await list(), [first, second, third]);

  // A ban that is updated is by whoever did that, and stands where that was.
  clock.advance(10);
  await ban(alice, carol, { reason: "Still." });
  const again = of(carol, alice, { reason: "Still." });
  assert.deepEqual(await list(), [second, third, again]);
  assertOk(await bob.post(room.path("/unban"), { participant_id: erin.id }));
  assert.deepEqual(await list(), [second, again]);
  clock.advance(979);
  assert.deepEqual(await list(), [second, again]);
  clock.advance(1);
  assert.deepEqual(await list(), [again]);
  // Frozen rooms are read as they were.
  assertOk(await alice.post(room.path("/archive")));
  assert.deepEqual(await list(), [again]);
});

test("AP7 MB13 bans come page by page, each once, and are counted", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob, ...others } = await openStage(t, PEOPLE, { clock });
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const banned = [others.frank, others.carol, others.erin, others.dave];
  for (const who of banned) assertOk(await alice.post(room.path("/ban"), { participant_id: who.id }));
  for (const limit of [1, 2, 3, 4, 5]) {
    const found: string[] = [];
    for (let cursor = ""; ;) {
      const { data, meta } = assertOk(await alice.get(room.path(`/bans?limit=${limit}${cursor}`)));
      assert.equal(meta.total, 4);
      found.push(...(data as { participant_id: string }[]).map((ban) => ban.participant_id));
      if (meta.has_more !== true) break;
      cursor = `&cursor=${String(meta.next_cursor)}`;
    }
    assert.deepEqual(
      found,
      banned.map(({ id }) => id),
    );
  }
  const { meta } = assertOk(await alice.get(room.path("/bans?limit=1")));
  const members = await alice.get(room.path(`/members?membership=ban&cursor=${String(meta.next_cursor)}`));
  assertRefused(members, 400, "SW_REQUEST_INVALID");
});

test("MB13 bans are for power 50: others are told what they need, invitees and outsiders nothing", async (t) => {
  const { server, alice, bob, carol, dave, erin, frank } = await openStage(t, PEOPLE);
  const room = new RoomUnderTest(server, await alice.roomWith([bob, dave], { room_type: "public" }), alice);
  assertOk(await alice.post(room.path("/invite"), { participant_id: carol.id }));
  assertOk(await dave.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/ban"), { participant_id: erin.id }));
  const bans = (who: Person) => () => who.get(room.path("/bans"));
  for (const level of [0, 49]) {
    await givePower(alice, room, bob, level);
    await room.refuses(bans(bob), 403, "SW_ROOM_FORBIDDEN", "MB13", { needed: 50, actual: level });
  }
  for (const who of [carol, dave, frank]) await room.refuses(bans(who), 403, "SW_ROOM_FORBIDDEN", "MB4");
  await room.refuses(bans(erin), 403, "SW_ROOM_FORBIDDEN", "MB2");
  const hidden = new RoomUnderTest(server, await alice.roomWith([]), alice);
  await hidden.refuses(() => frank.get(hidden.path("/bans")), 404, "SW_ROOM_NOT_FOUND");
});
