import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestClock } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

const ids = (rooms: readonly { id: string }[]) => rooms.map(({ id }) => id);
const archivedOf = async (who: Person): Promise<string[]> => ids(assertOk(await who.get("/v1/rooms/archived")).data);
const leave = async (room: string, ...people: Person[]) => {
  for (const who of people) assertOk(await who.post(`/v1/rooms/${room}/leave`));
};

test("LC3 the archived rooms one is joined in are listed, with power or without, and no open or closed ones", async (t) => {
  const { alice, bob, carol, dave } = await openStage(t, ["alice", "bob", "carol", "dave"]);
  const rooms: string[] = [];
  for (const body of [{}, { room_type: "public" }, { room_type: "incognito" }, { scope_kind: "incognito" }]) {
    const room = await alice.roomWith([bob], { ...body, invite: [bob.id, dave.id] });
    assertOk(await alice.post(`/v1/rooms/${room}/archive`));
    rooms.push(room);
    await alice.roomWith([bob], body);
    const closed = await alice.roomWith([bob], body);
    for (const verb of ["archive", "close"]) assertOk(await alice.post(`/v1/rooms/${closed}/${verb}`));
  }
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id as string;
  assertOk(await bob.post(`/v1/rooms/${dm}/archive`));
  const newestFirst = [...rooms, dm].toReversed();
  for (const who of [alice, bob]) assert.deepEqual(await archivedOf(who), newestFirst);
  // Invitees, and outsiders of a public room.
  for (const who of [carol, dave]) assert.deepEqual(await archivedOf(who), []);
  assertOk(await alice.post(`/v1/rooms/${dm}/rejoin`));
  assert.deepEqual(await archivedOf(bob), rooms.toReversed());
});

test("LC3 LC5 a room where nobody is joined is listed for exactly those who may restore it", async (t) => {
  const { alice, ...others } = await openStage(t, [
    "alice",
    "strong",
    "weak",
    "kicked",
    "unbanned",
    "declined",
    "again",
  ]);
  const { strong, weak, kicked, unbanned, declined, again } = others;
  const room = await alice.roomWith([strong, weak, kicked, unbanned, again], {});
  const to = async (verb: string, { id }: Person) =>
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`, { participant_id: id }));
  for (const [who, level] of [
    [strong, 50],
    [weak, 49],
    [kicked, 50],
    [unbanned, 50],
    [again, 50],
  ] as const) {
    assertOk(await alice.put(`/v1/rooms/${room}/members/${who.id}/power-level`, { power_level: level }));
  }
  await to("kick", kicked);
  await to("ban", unbanned);
  await to("unban", unbanned);
  await leave(room, again);
  await to("invite", again);
  await to("invite", declined);
  await leave(room, declined, strong, weak);
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assert.deepEqual(await archivedOf(strong), [], "while somebody is in, it is theirs to restore");
  await leave(room, alice);

  const everybody = [alice, strong, weak, kicked, unbanned, declined, again];
  const listed = [];
  for (const who of everybody) if ((await archivedOf(who)).includes(room)) listed.push(who.name);
  assert.deepEqual(listed, ["alice", "strong"]);
  for (const who of [weak, kicked, unbanned, declined, again]) {
    assertRefused(await who.post(`/v1/rooms/${room}/rejoin`), 403, "SW_ROOM_FORBIDDEN");
  }
  assertOk(await strong.post(`/v1/rooms/${room}/rejoin`));
  for (const who of everybody) assert.deepEqual(await archivedOf(who), []);
});

test("LC3 DM4 a direct room that both have left is listed for either, and restored by either", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id as string;
  await leave(dm, alice, bob);
  for (const who of [alice, bob]) assert.deepEqual(await archivedOf(who), [dm]);
  assert.deepEqual(await archivedOf(carol), []);
  assertOk(await bob.post(`/v1/rooms/${dm}/rejoin`));
  assert.deepEqual([await archivedOf(alice), await archivedOf(bob)], [[], []]);
});

test("LC3 AP7 they come newest first, page by page, each once, with their number", async (t) => {
  const clock = new TestClock();
  const { alice, bob } = await openStage(t, ["alice", "bob"], { clock });
  const expected: string[] = [];
  for (let i = 0; i < 7; i++) {
    const room = await alice.roomWith([bob]);
    assertOk(await alice.post(`/v1/rooms/${room}/archive`));
    expected.unshift(room);
    // Some in the same millisecond.
    if (i % 3 === 0) clock.advance(5);
  }
  for (const limit of [1, 2, 3, 6, 7, 8]) {
    const found: string[] = [];
    for (let cursor = ""; ;) {
      const { data, meta } = assertOk(await bob.get(`/v1/rooms/archived?limit=${limit}${cursor}`));
      assert.equal(meta.total, 7);
      found.push(...ids(data));
      if (meta.has_more !== true) break;
      cursor = `&cursor=${String(meta.next_cursor)}`;
    }
    assert.deepEqual(found, expected);
  }
  const { meta } = assertOk(await bob.get("/v1/rooms/archived?limit=1"));
  assertRefused(await alice.get(`/v1/rooms/archived?cursor=${String(meta.next_cursor)}`), 400, "SW_REQUEST_INVALID");
});

test("LC2 an archive takes the room out of unread totals at once, and a restore brings it back as it was", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const [room, other] = [await alice.roomWith([bob]), await alice.roomWith([bob])];
  await alice.say(room, "one", { mentions: [bob.id] });
  await alice.say(room, "two");
  await alice.say(other, "three");
  const unread = async () => {
    const { rooms, totals } = assertOk(await bob.get("/v1/rooms/unread")).data;
    return [rooms.length, totals.unread_count, totals.mention_count];
  };
  const before = await unread();
  assert.deepEqual(before, [2, 3, 1]);
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assert.deepEqual(await unread(), [1, 1, 0]);
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  assert.deepEqual(await unread(), before);
});
