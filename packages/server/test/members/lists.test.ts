import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, TestClock } from "@stairwell/testing";
import { givePower, RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB13 who left and who is banned is for power 50, who is invited for members, in the order they became it", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin, frank] = await server.people("alice", "bob", "carol", "dave", "erin", "frank");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol, dave], { room_type: "public" }), alice);
  for (const who of [frank, erin]) assertOk(await alice.post(room.path("/invite"), { participant_id: who.id }));
  for (const who of [dave, carol]) assertOk(await who.post(room.path("/leave")));
  const [grace, heidi] = await server.people("grace", "heidi");
  for (const who of [heidi, grace]) assertOk(await alice.post(room.path("/ban"), { participant_id: who.id }));

  const list = (membership: string, by: Person) => () => by.get(room.path(`/members?membership=${membership}`));
  const ids = async (membership: string, by: Person) => {
    const { data, meta } = assertOk(await list(membership, by)());
    assert.deepEqual(meta, { has_more: false, next_cursor: null, total: data.length });
    for (const row of data) assert.equal(row.membership, membership);
    return (data as { participant_id: string }[]).map(({ participant_id }) => participant_id);
  };
  assert.deepEqual(await ids("join", bob), [alice.id, bob.id]);
  assert.deepEqual(await ids("invite", bob), [frank.id, erin.id]);
  for (const membership of ["leave", "ban"]) {
    await room.refuses(list(membership, bob), 403, "SW_ROOM_FORBIDDEN", "MB13", { needed: 50, actual: 0 });
  }
  await givePower(alice, room, bob, 49);
  await room.refuses(list("ban", bob), 403, "SW_ROOM_FORBIDDEN", "MB13", { needed: 50, actual: 49 });
  await givePower(alice, room, bob, 50);
  assert.deepEqual(await ids("leave", bob), [dave.id, carol.id]);
  assert.deepEqual(await ids("ban", bob), [heidi.id, grace.id]);

  for (const membership of ["join", "invite", "leave", "ban"]) {
    await room.refuses(list(membership, frank), 403, "SW_ROOM_FORBIDDEN", "MB4");
    await room.refuses(list(membership, dave), 403, "SW_ROOM_FORBIDDEN");
    await room.refuses(list(membership, grace), 403, "SW_ROOM_FORBIDDEN", "MB2");
    await room.refuses(list(membership, server.person("eve", "other")), 404, "SW_ROOM_NOT_FOUND");
  }
});

test("MB13 an ended ban stands among the leaves in its place, page by page", async (t) => {
  const clock = new TestClock();
  const server = await startVerified(t, { clock });
  const [alice, ...others] = await server.people("alice", "bob", "carol", "dave", "erin");
  const [bob, carol, dave, erin] = others;
  const room = new RoomUnderTest(server, await alice.roomWith(others), alice);
  assertOk(await bob.post(room.path("/leave")));
  const expires_at = new Date(clock.now() + 1000).toISOString();
  assertOk(await alice.post(room.path("/ban"), { participant_id: carol.id, expires_at }));
  assertOk(await alice.post(room.path("/kick"), { participant_id: dave.id }));
  assertOk(await alice.post(room.path("/ban"), { participant_id: erin.id }));
  clock.advance(1000);
  const found: [string, string | null][] = [];
  for (let cursor = ""; ;) {
    const { data, meta } = assertOk(await alice.get(room.path(`/members?membership=leave&limit=1${cursor}`)));
    assert.equal(meta.total, 3);
    found.push(
      ...(data as { participant_id: string; cause: string | null }[]).map((row): [string, string | null] => [
        row.participant_id,
        row.cause,
      ]),
    );
    if (meta.has_more !== true) break;
    cursor = `&cursor=${String(meta.next_cursor)}`;
  }
  assert.deepEqual(found, [
    [bob.id, "left"],
    [carol.id, "expired"],
    [dave.id, "kicked"],
  ]);
});
