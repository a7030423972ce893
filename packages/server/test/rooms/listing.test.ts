import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { type Expected, joined } from "../members/expected.ts";
import { givePower, RoomUnderTest } from "../members/room-under-test.ts";
import { openStage } from "../support/stage.ts";

const listed = (is_public: boolean, sender: Person): Expected => ({
  event_type: "swp.room.visibility",
  sender,
  content: { is_public },
});

test("PL4 an admin lists a group and takes it out again, and everybody of the tenant sees that at once", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { name: "Garden" }), alice);
  const list = (who: Person, is_public: unknown) => () => who.patch(room.path(), { is_public });
  const seenBy = async (who: Person) => [
    (await who.get(room.path())).status,
    assertOk(await who.get("/v1/directory/rooms?q=garden")).data.length,
  ];
  const { room_alias } = assertOk(await alice.get(room.path())).data;
  await room.changesNothing(list(alice, false));
  assert.deepEqual(await seenBy(carol), [404, 0]);

  const answer = await room.appends(list(alice, true), listed(true, alice));
  assert.deepEqual([answer.data.is_public, answer.data.room_alias], [true, room_alias], "the alias stays");
  await room.changesNothing(list(alice, true));
  assert.deepEqual(await seenBy(carol), [200, 1]);
  await room.appends(() => carol.post(room.path("/join")), joined(carol));
  assertOk(await carol.post(room.path("/leave")));

  await room.appends(list(alice, false), listed(false, alice));
  assert.deepEqual(await seenBy(carol), [403, 0]);
  await room.refuses(() => carol.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "VS3");
  assert.deepEqual(await seenBy(bob), [200, 1], "for its members nothing changed");
});

test("PL4 AP5 listing a group needs power 100", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const list = (who: Person) => () => who.patch(room.path(), { is_public: true });
  for (const level of [0, 50, 99]) {
    await givePower(alice, room, bob, level);
    await room.refuses(list(bob), 403, "SW_ROOM_FORBIDDEN", "PL4", { needed: 100, actual: level });
  }
  await room.refuses(list(carol), 404, "SW_ROOM_NOT_FOUND");
  for (const body of [
    {},
    { is_public: null },
    { is_public: "true" },
    { is_public: 1 },
    { is_public: true, name: "x" },
  ]) {
    await room.refuses(() => alice.patch(room.path(), body), 400, "SW_REQUEST_INVALID");
  }
  assertOk(await alice.post(room.path("/archive")));
  for (const who of [alice, bob]) await room.refuses(list(who), 409, "SW_ROOM_FROZEN", "LC1");
});

for (const [kind, body] of [
  ["a public room", { room_type: "public" }],
  ["an incognito room", { room_type: "incognito" }],
  ["an incognito group", { scope_kind: "incognito" }],
] as const) {
  test(`AP1 PL4 of ${kind} it follows from the type, before anything else is asked`, async (t) => {
    const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
    const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
    const calls = [true, false].flatMap((is_public) =>
      [alice, bob].map((who) => () => who.patch(room.path(), { is_public })),
    );
    for (const call of calls) await room.refuses(call, 400, "SW_ROOM_TYPE_INVARIANT", "PL4");
    assertOk(await alice.post(room.path("/archive")));
    for (const call of calls) await room.refuses(call, 400, "SW_ROOM_TYPE_INVARIANT", "PL4");
  });
}

test("DM3 a direct room is never listed", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const { data } = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id }));
  const room = new RoomUnderTest(server, data.id, alice);
  await room.refuses(() => alice.patch(room.path(), { is_public: true }), 400, "SW_ROOM_TYPE_INVARIANT", "DM3");
});
