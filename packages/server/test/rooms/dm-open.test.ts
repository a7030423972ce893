import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, type Person, rounds } from "@stairwell/testing";
import { foreigner, openStage, unchanged } from "../support/stage.ts";
import { dmWith } from "./open-dm.ts";

test("DM1 DM2 a new direct room is 201 with both sides joined at once, each with power 100", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const opened = await dmWith(alice, bob);
  assert.equal(opened.status, 201);
  const room = opened.data.id as string;
  const content = (who: Person) => ({ participant: who.id, membership: "join" });
  const created = {
    room_type: "dm",
    scope_kind: null,
    name: null,
    topic: null,
    is_public: false,
    close_on_leave: false,
  };
  const log = (await bob.history(room)).map((event) => [event.event_type, event.sender_id, event.content]);
  assert.deepEqual(log, [
    ["swp.room.create", alice.id, created],
    ["swp.room.member", alice.id, content(alice)],
    ["swp.room.member", alice.id, content(bob)],
  ]);
  for (const side of [alice, bob]) {
    const members = assertOk(await side.get(`/v1/rooms/${room}/members`)).data as Record<string, unknown>[];
    assert.deepEqual(
      members.map(({ participant_id, membership, power_level }) => ({ participant_id, membership, power_level })),
      [alice, bob].map(({ id }) => ({ participant_id: id, membership: "join", power_level: 100 })),
    );
  }
});

test("DM1 opening it again, from either side, is 200, the same room, and no event", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const { id } = (await dmWith(alice, bob)).data;
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
    [alice, bob],
  ] as const) {
    const again = await unchanged(server, () => dmWith(one, other));
    assert.deepEqual([again.status, again.data.id], [200, id]);
  }
});

test("DM1 opened by both sides at once it is one room, with one 201", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  await server.liftLimits();
  for (let round = 0; round < rounds(50); round++) {
    const opened = await atOnce(8, (i) => (i % 2 === 0 ? dmWith(alice, bob) : dmWith(bob, alice)));
    assert.equal(new Set(opened.map(({ data }) => data.id)).size, 1);
    const statuses = Map.groupBy(opened, ({ status }) => status);
    assert.deepEqual([statuses.get(201)?.length, statuses.get(200)?.length], [1, 7]);
    const room = opened[0]!.data.id as string;
    assert.equal((await alice.history(room)).length, 3);
    // The next round begins without one.
    assertOk(await (round % 2 === 0 ? alice : bob).post(`/v1/rooms/${room}/close`));
  }
  assert.deepEqual(assertOk(await carol.get("/v1/directory/rooms")).data, []);
});

test("DM1 each pair of each tenant has a direct room of its own", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const otherAlice = await foreigner(server, "alice");
  const otherBob = await foreigner(server, "bob");
  const pairs = [
    [alice, bob],
    [alice, carol],
    [bob, carol],
    [otherAlice, otherBob],
  ] as const;
  const rooms = await Promise.all(pairs.map(async ([one, other]) => (await dmWith(one, other)).data.id as string));
  assert.equal(new Set(rooms).size, 4);
  const listed = assertOk(await alice.get("/v1/directory/rooms?room_type=dm"));
  assert.deepEqual(new Set(listed.data.map(({ id }: { id: string }) => id)), new Set(rooms.slice(0, 2)));
});

test("DM2 a direct room with oneself is refused", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  assertRefused(await unchanged(server, () => dmWith(alice, alice)), 400, "SW_ROOM_TYPE_INVARIANT", "DM2");
});

test("DM2 with a deactivated person it is as with an unknown one, there before or not", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  assertOk(await dmWith(alice, carol));
  // The call that deactivates is not built yet; this is the row that it will write.
  await server.db.write("deployment", (tx) =>
    tx.run("UPDATE participants SET deactivated_at = $1 WHERE fqid IN ($2, $3)", tx.now, bob.me.fqid, carol.me.fqid),
  );
  const unknown = await alice.post("/v1/rooms/dm", { participant_id: "prt-nobody" });
  assertRefused(unknown, 404, "SW_PARTICIPANT_NOT_FOUND");
  for (const gone of [bob, carol]) {
    const refused = await unchanged(server, () => dmWith(alice, gone));
    assert.deepEqual({ ...refused.error, request_id: "" }, { ...unknown.error, request_id: "" });
  }
});

test("DM2 max_rooms does not count direct rooms", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.setLimits({ max_rooms: 0 });
  assertRefused(await alice.post("/v1/rooms", { room_type: "group", name: "x" }), 409, "SW_TENANT_CAPACITY");
  assert.equal((await dmWith(alice, bob)).status, 201);
});
