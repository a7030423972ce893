import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { banned } from "./expected.ts";
import { givePower, memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

const LATER = "2199-01-02T03:04:05.678Z";

test("MB12 a ban needs power 50 and more than the target has", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  const ban = (who: typeof alice) => () => bob.post(room.path("/ban"), { participant_id: who.id });
  await givePower(alice, room, bob, 49);
  for (const who of [carol, dave])
    await room.refuses(ban(who), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 50, actual: 49 });
  await givePower(alice, room, bob, 50);
  await givePower(alice, room, carol, 50);
  await room.refuses(ban(carol), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 51, actual: 50 });
  await room.refuses(ban(alice), 403, "SW_ROOM_FORBIDDEN", "MB12", { actual: 50 });
  await givePower(alice, room, bob, 100);
  await room.refuses(ban(alice), 403, "SW_ROOM_FORBIDDEN", "MB12", { actual: 100 });
  await room.appends(ban(carol), banned(carol, bob));
});

test("MB12 nobody but a joined member bans", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  const ban = () => bob.post(room.path("/ban"), { participant_id: carol.id });
  await room.refuses(ban, 403, "SW_ROOM_FORBIDDEN", "MB12");
  assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
  await room.refuses(ban, 403, "SW_ROOM_FORBIDDEN", "MB12");
  await room.refuses(
    () => bob.post(room.path("/unban"), { participant_id: carol.id }),
    403,
    "SW_ROOM_FORBIDDEN",
    "MB12",
  );
});

test("MB13 a ban takes out a member with their power, and says why and until when", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  await givePower(alice, room, bob, 50);
  const body = { participant_id: bob.id, reason: "Enough.", expires_at: LATER };
  const answer = await room.appends(
    () => alice.post(room.path("/ban"), body),
    banned(bob, alice, { reason: "Enough.", expires_at: LATER }),
  );
  assert.deepEqual(memberIn(answer), {
    participant_id: bob.id,
    membership: "ban",
    power_level: 0,
    invited_by: null,
    cause: null,
    reason: "Enough.",
    ban_expires_at: LATER,
  });
  assert.deepEqual((await room.counts()).row, { joined: 1, invited: 0 });
  for (const call of [() => bob.get(room.path()), () => bob.get(room.path("/members"))]) {
    await room.refuses(call, 403, "SW_ROOM_FORBIDDEN", "MB2");
  }
});

test("MB13 somebody never present can be banned, and a ban voids an invite", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([], { invite: [carol.id] }), alice);
  assert.deepEqual((await room.counts()).row, { joined: 1, invited: 1 });
  for (const who of [bob, carol]) {
    await room.appends(() => alice.post(room.path("/ban"), { participant_id: who.id }), banned(who, alice));
    await room.refuses(() => who.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "MB2");
  }
  assert.deepEqual((await room.counts()).row, { joined: 1, invited: 0 });
  assert.deepEqual(assertOk(await carol.get("/v1/directory/rooms")).data, []);
});

test("MB13 a second ban updates reason and end; the same ban again changes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const ban = (more: Record<string, unknown>) => () =>
    alice.post(room.path("/ban"), { participant_id: bob.id, ...more });
  const timed = { reason: "Cool down.", expires_at: LATER };
  const onRecord = { reason: "Cool down.", expires_at: LATER };
  await room.appends(ban({}), banned(bob, alice));
  await room.changesNothing(ban({}));
  await room.changesNothing(ban({ expires_at: null }));
  await room.appends(ban(timed), banned(bob, alice, onRecord));
  await room.changesNothing(ban(timed));
  const other = await room.appends(
    ban({ ...timed, reason: "Still." }),
    banned(bob, alice, { ...onRecord, reason: "Still." }),
  );
  assert.deepEqual([other.data.reason, other.data.ban_expires_at], ["Still.", LATER]);
  const forGood = await room.appends(ban({}), banned(bob, alice));
  assert.deepEqual([forGood.data.reason, forGood.data.ban_expires_at], [null, null]);
  assert.equal(assertOk(await alice.get(room.path("/members?membership=ban"))).data.length, 1);
});

test("MB13 a ban that would be over before it began is refused", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  for (const expires_at of ["2020-01-01T00:00:00.000Z", "soon", ""]) {
    const ban = () => alice.post(room.path("/ban"), { participant_id: bob.id, expires_at });
    const { error } = await room.refuses(ban, 400, "SW_REQUEST_INVALID");
    assert.deepEqual(
      (error.details as { path: string }[]).map(({ path }) => path),
      ["/expires_at"],
    );
  }
});

test("MB3 nobody bans themselves or somebody who is not there", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  const eve = await server.person("eve", "other").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([]), alice);
  const ban = (participant_id: string) => () => alice.post(room.path("/ban"), { participant_id });
  await room.refuses(ban(alice.id), 400, "SW_REQUEST_INVALID");
  for (const id of ["prt-nobody", eve.id]) await room.refuses(ban(id), 404, "SW_PARTICIPANT_NOT_FOUND");
});
