import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds, type TestServer } from "@stairwell/testing";
import type { Reader } from "../../src/db/index.ts";
import { Identities } from "../../src/participants/index.ts";
import { ListedRooms } from "../../src/rooms/index.ts";
import { openStage } from "../support/stage.ts";
import { listWhileRenaming } from "./renames.ts";

/** What a reader is told of the tenant's first room. */
async function firstRoom(listed: ListedRooms, reader: Reader): Promise<[string | null, number]> {
  const at = (await reader.get<{ tenant_no: number; room_no: number; hub: string }>(
    "SELECT tenant_no, room_no, hub FROM rooms WHERE is_public = 1 ORDER BY room_no LIMIT 1",
  ))!;
  const [room] = await listed.find(reader, { tenantNo: at.tenant_no, serverName: at.hub }, [at.room_no]);
  return [room!.stored.room.name, room!.head.position];
}

const rename = async (who: Person, room: string, name: string) =>
  assertOk(await who.put(`/v1/rooms/${room}/name`, { name }));

test("VS2 a list is of its own moment, whatever was remembered for readers of later ones", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([], { room_type: "public", name: "before" });
  const listed = new ListedRooms(new Identities());
  const now = () => server.db.snapshot((reader) => firstRoom(listed, reader));
  const [, head] = await now();
  await server.db.snapshot(async (earlier) => {
    assert.deepEqual(await firstRoom(listed, earlier), ["before", head]);
    await rename(alice, room, "after");
    assert.deepEqual(await now(), ["after", head + 1]);
    assert.deepEqual(await firstRoom(listed, earlier), ["before", head]);
    assert.deepEqual(await now(), ["after", head + 1]);
  });
});

test("VS2 what a slow reader finds is not remembered in place of what has come since", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([], { room_type: "public", name: "before" });
  const listed = new ListedRooms(new Identities());
  const now = () => server.db.snapshot((reader) => firstRoom(listed, reader));
  const { promise: isLet, resolve: letOn } = Promise.withResolvers<void>();
  await server.db.snapshot(async (earlier) => {
    // A snapshot's moment is that of its first read.
    await earlier.get("SELECT 1 AS one");
    const slow = firstRoom(listed, {
      get: earlier.get.bind(earlier),
      all: (sql, ...values) => isLet.then(() => earlier.all(sql, ...values)),
    });
    await rename(alice, room, "after");
    assert.equal((await now())[0], "after");
    letOn();
    assert.equal((await slow)[0], "before");
  });
  assert.equal((await now())[0], "after");
});

test("VS2 what many other events have passed by is read again", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  await server.liftLimits();
  const room = await alice.roomWith([], { room_type: "public", name: "before" });
  const other = await alice.roomWith([]);
  const listed = new ListedRooms(new Identities());
  const now = () => server.db.snapshot((reader) => firstRoom(listed, reader));
  const [, head] = await now();
  await rename(alice, room, "after");
  for (let i = 0; i < 120; i++) await alice.say(other, `${i}`);
  assert.deepEqual(await now(), ["after", head + 1]);
});

test("VS2 what was remembered of one store is never told of another that stands in its place", async (t) => {
  const listed = new ListedRooms(new Identities());
  const stores: { server: TestServer; name: string }[] = [];
  // Of shorter and longer logs than that which is remembered, and one as long.
  for (const [name, said] of [
    ["short", 1],
    ["long", 9],
    ["as long", 9],
    ["longer", 12],
  ] as const) {
    const { server, alice } = await openStage(t, ["alice"]);
    const room = await alice.roomWith([], { room_type: "public", name });
    for (let i = 0; i < said; i++) await alice.say(room, `${i}`);
    stores.push({ server, name });
  }
  for (const { server, name } of [...stores, ...stores.toReversed(), ...stores]) {
    const [told] = await server.db.snapshot((reader) => firstRoom(listed, reader));
    assert.equal(told, name);
  }
});

test("VS2 each room of a list is what the room itself says to its reader, whatever happened before", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const stage = await openStage(t, ["alice", "bob", "carol", "dora"]);
  const { server, alice, bob, carol } = stage;
  await server.liftLimits();
  const rooms: string[] = [];
  const kinds = [
    { room_type: "public", name: "public" },
    { room_type: "group", is_public: true },
    { room_type: "group" },
    { room_type: "incognito", close_on_leave: false },
  ];
  const create = async () => rooms.push(await alice.roomWith([bob], random.pick(kinds)));
  const at = () => random.pick(rooms);
  // What a room refuses is as good: nothing may change by it.
  const steps: (() => Promise<unknown>)[] = [
    create,
    () => bob.post(`/v1/rooms/${at()}/send`, { content: { msgtype: "swp.text", body: "hello" } }),
    () => alice.put(`/v1/rooms/${at()}/name`, { name: `name ${random.int(0, 99)}` }),
    () => alice.put(`/v1/rooms/${at()}/topic`, { topic: `topic ${random.int(0, 99)}` }),
    () => alice.patch(`/v1/rooms/${at()}`, { is_public: random.chance(0.7) }),
    () => alice.post(`/v1/rooms/${at()}/invite`, { participant_id: carol.id }),
    () => random.pick([bob, carol]).post(`/v1/rooms/${at()}/join`),
    () => random.pick([bob, carol]).post(`/v1/rooms/${at()}/leave`, {}),
    () => alice.post(`/v1/rooms/${at()}/archive`, {}),
    () => alice.post(`/v1/rooms/${at()}/rejoin`),
    () => alice.post("/v1/rooms/dm", { participant_id: random.pick([bob, carol]).id }),
  ];
  for (let i = 0; i < 6; i++) await create();
  for (let round = 0; round < rounds(300); round++) {
    for (let i = random.int(0, 5); i > 0; i--) await random.pick(steps)();
    const reader = random.pick([alice, bob, carol, stage.dora]);
    for (const list of ["directory/rooms?limit=200", "rooms/archived?limit=200"]) {
      const { data } = assertOk(await reader.get(`/v1/${list}`));
      for (const row of data as { id: string }[]) {
        const { data: room } = assertOk(await reader.get(`/v1/rooms/${row.id}`));
        assert.deepEqual(row, room, `seed ${seed}, round ${round}, ${reader.name}`);
      }
    }
  }
});

test("VS2 pages that are read while rooms change are each of one moment, and of none before they were asked for", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  await server.liftLimits();
  await listWhileRenaming(alice, [alice, bob, carol, bob, carol], rounds(400));
});
