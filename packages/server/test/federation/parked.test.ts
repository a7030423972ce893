import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Item, ItemResult } from "@stairwell/protocol/federation";
import { assertOk, type Person } from "@stairwell/testing";
import { results } from "./evil-room.ts";
import { Follower, isOf, taken, takenBut } from "./follower.ts";
import { say } from "./pair.ts";
import { until } from "./settle.ts";
import { type Home, World } from "./world.ts";

const REFUSED = { status: "refused", error: { code: "SW_REQUEST_INVALID" } } as const;

interface Stage {
  home: Home;
  ann: Person;
  admin: Person;
  follower: Follower;
  rooms: string[];
}

/** A hub, and a scripted server that follows some of its rooms. */
async function stage(t: TestContext, count: number): Promise<Stage> {
  const world = new World(t);
  const home = await world.start("home");
  await home.server.liftLimits("home");
  const follower = await Follower.start(t, world, "far.localhost");
  const [ann, admin] = [home.server.person("ann", "home"), home.server.person("admin", "home")];
  await admin.signIn();
  const rooms: string[] = [];
  for (let i = 0; i < count; i++) {
    const room = await ann.roomWith([], { name: `Shared ${i}` });
    assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
    await follower.join(home, admin, room);
    rooms.push(room);
  }
  await until(async () => ((await peerOf(admin)).queued === 0 ? true : undefined), "all to be told");
  return { home, ann, admin, follower, rooms };
}

interface PeerView {
  state: string;
  queued: number;
  last_error: string | null;
  rooms: {
    room_id: string;
    head: number;
    confirmed_position: number;
    parked: { reason: string; tries: number; next_try_at: string | null } | null;
  }[];
}

async function peerOf(admin: Person): Promise<PeerView> {
  return (assertOk(await admin.get("/v1/admin/federation/peers")).data as PeerView[])[0]!;
}

async function parkedOf(admin: Person, room: string) {
  return (await peerOf(admin)).rooms.find(({ room_id }) => room_id === room)!.parked;
}

for (const [what, answer] of [
  ["refuses", REFUSED],
  ["puts off", { status: "retry" }],
  ["says it has already", { status: "confirmed", position: 1 }],
] as const) {
  test(`FD16 FOU-19 twelve rooms that a server ${what} for ever wait for themselves alone`, async (t) => {
    const { ann, admin, follower, rooms } = await stage(t, 14);
    // More than one request has room for, and the first of all.
    const bad = new Set(rooms.slice(0, 12));
    const good = rooms.slice(12);
    follower.react = takenBut(bad, answer);
    for (const room of rooms) await say(ann, room, "one");
    for (const room of good)
      await until(async () => (follower.bodies(room).length > 0 ? true : undefined), "the first");
    for (const room of rooms) await say(ann, room, "two");
    for (const room of good) {
      await until(async () => (follower.bodies(room).length === 2 ? true : undefined), "the second");
      assert.deepEqual(follower.bodies(room), ["one", "two"]);
      assert.equal(await parkedOf(admin, room), null);
    }
    const view = await until(async () => {
      const seen = await peerOf(admin);
      return seen.rooms.every(({ room_id, parked }) => bad.has(room_id) === (parked !== null)) ? seen : undefined;
    }, "the reasons");
    assert.equal(view.state, "failing");
    for (const { room_id, parked } of view.rooms) {
      if (!bad.has(room_id)) continue;
      const reason = answer.status === "refused" ? "SW_REQUEST_INVALID" : answer.status;
      assert.equal(parked!.reason, answer.status === "confirmed" ? "it has not taken what it was sent" : reason);
      assert.ok(parked!.tries >= 1);
    }
    // What is wrong with it may end: then everything comes, in order, and nothing of it is lost.
    follower.react = taken;
    await until(async () => ((await peerOf(admin)).queued === 0 ? true : undefined), "what waited");
    for (const room of bad) {
      const came = follower.positions(room);
      assert.deepEqual([...new Set(came)].toSorted((a, b) => a - b).slice(-2), [...new Set(came)].slice(-2));
      assert.deepEqual(new Set(follower.bodies(room)), new Set(["one", "two"]));
      assert.equal(await parkedOf(admin, room), null);
    }
    assert.equal((await peerOf(admin)).state, "ok");
  });
}

test("FD16 FOU-19 a room that is not taken is tried less and less often, and at once when its people come or go", async (t) => {
  const { ann, admin, follower, rooms } = await stage(t, 1);
  const [room] = rooms as [string];
  follower.react = takenBut(new Set(rooms), REFUSED);
  const began = Date.now();
  await say(ann, room, "poison");
  const twice = await until(async () => {
    const parked = await parkedOf(admin, room);
    return parked !== null && parked.tries >= 2 ? parked : undefined;
  }, "a second try");
  assert.ok(Date.parse(twice.next_try_at!) > began);
  const members = assertOk(await ann.get(`/v1/rooms/${room}/members`)).data as {
    participant: { id: string; fqid: string };
  }[];
  const mallory = members.find(({ participant }) => participant.fqid === follower.fqid)!.participant.id;
  const took: Item[] = [];
  follower.react = (items) => (took.push(...items), taken(items));
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: mallory }));
  await until(async () => ((await peerOf(admin)).queued === 0 ? true : undefined), "the ban");
  assert.equal(took.length, 2, "what waited, and the ban");
  assert.equal(await parkedOf(admin, room), null);
});

test("FD16 FOU-19 one event for which a server refuses whole requests for ever keeps no other room waiting", async (t) => {
  const { ann, admin, follower, rooms } = await stage(t, 4);
  const [bad, ...good] = rooms as [string, string, string, string];
  const isPoison = (item: Item) => isOf(item, bad);
  follower.react = (items) => (items.some(isPoison) ? { status: 400, code: "SW_REQUEST_INVALID" } : taken(items));
  for (const room of rooms) await say(ann, room, "one");
  await say(ann, bad, "two");
  for (const room of good) {
    await until(async () => (follower.bodies(room).includes("one") ? true : undefined), "what others said");
  }
  const parked = await until(async () => (await parkedOf(admin, bad)) ?? undefined, "the reason");
  assert.equal(parked.reason, "SW_REQUEST_INVALID");
  for (const room of good) {
    await say(ann, room, "three");
    await until(async () => (follower.bodies(room).includes("three") ? true : undefined), "what was said after it");
  }
  assert.ok(
    follower.batches.some((items) => items.every(isPoison)),
    "it was tried by itself",
  );
});

test("FOU-20 what a server asks to wait is waited for within the hour, and what is no time is not", async (t) => {
  const { home, ann, admin, follower, rooms } = await stage(t, 1);
  let refusals = 0;
  for (const wait of ["Thu, 01 Jan 1970 00:00:00 GMT", "-1", "1e9", "soon", ""]) {
    follower.react = () => (refusals++, { status: 503, code: "SW_UNAVAILABLE", headers: { "retry-after": wait } });
    const seen = refusals;
    await say(ann, rooms[0]!, `after ${wait}`);
    await until(async () => (refusals > seen ? true : undefined), "a try");
    follower.react = taken;
    await until(async () => ((await peerOf(admin)).queued === 0 ? true : undefined), `what waited after ${wait}`);
  }
  follower.react = () => ({ status: 429, code: "SW_RATE_LIMIT_EXCEEDED", headers: { "retry-after": "999999999" } });
  await say(ann, rooms[0]!, "after an age");
  await until(async () => ((await peerOf(admin)).state === "failing" ? true : undefined), "the refusal");
  follower.react = taken;
  const typing = { type: "typing", room_id: rooms[0], participant: follower.fqid, typing: true };
  // It speaks to us, and so is not away.
  assert.deepEqual(await results(follower.peer, home, [typing]), [{ status: "ok" }]);
  await until(async () => ((await peerOf(admin)).queued === 0 ? true : undefined), "what waited for an age");
});

test("FD16 what a server says in place of an answer is told in a line, however long it is: FIN-29", async (t) => {
  const { home, ann, admin, follower, rooms } = await stage(t, 2);
  const long = "X".repeat(900_000);
  const answers: (typeof follower.react)[] = [
    () => ({ status: 503, code: long }),
    () => ({ status: 429, code: "NO\nSW_LINE of its own" }),
    () => [{ status: "confirmed", position: 1, [long]: 1 } as unknown as ItemResult],
  ];
  const seen = new Set<string | null>([null]);
  for (const [i, answer] of answers.entries()) {
    follower.react = answer;
    await say(ann, rooms[i % 2]!, `message ${i}`);
    // Whoever says something is not away: it is told at once.
    assert.deepEqual(await results(follower.peer, home, []), []);
    const told = await until(async () => {
      const { last_error } = await peerOf(admin);
      return seen.has(last_error) ? undefined : last_error!;
    }, "the reason");
    seen.add(told);
    assert.ok(told.length < 500 && !told.includes("\n"), told.slice(0, 500));
  }
});
