import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { Follower, taken } from "./follower.ts";
import { say } from "./pair.ts";
import { until } from "./settle.ts";
import { type Home, World } from "./world.ts";

interface Stage {
  world: World;
  home: Home;
  ann: Person;
  admin: Person;
  far: Follower;
  near: Follower;
  /** Far and near follow both. */
  rooms: [string, string];
}

async function stage(t: TestContext): Promise<Stage> {
  const world = new World(t);
  const home = await world.start("home");
  await home.server.liftLimits("home");
  const [far, near] = [
    await Follower.start(t, world, "far.localhost"),
    await Follower.start(t, world, "near.localhost"),
  ];
  const [ann, admin] = [home.server.person("ann", "home"), home.server.person("admin", "home")];
  await admin.signIn();
  const rooms: string[] = [];
  for (const name of ["One", "Two"]) {
    const room = await ann.roomWith([], { name });
    assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
    for (const follower of [far, near]) await follower.join(home, admin, room);
    rooms.push(room);
  }
  await until(async () => ((await queued(admin)).every((count) => count === 0) ? true : undefined), "all to be told");
  return { world, home, ann, admin, far, near, rooms: rooms as [string, string] };
}

async function peersOf(admin: Person) {
  return assertOk(await admin.get("/v1/admin/federation/peers")).data as {
    server_name: string;
    state: string;
    queued: number;
  }[];
}

async function queued(admin: Person): Promise<number[]> {
  return (await peersOf(admin)).map((peer) => peer.queued);
}

/** Waits until a server was tried in vain, and nothing is on its way to it. */
async function fails(admin: Person, { peer }: Follower): Promise<void> {
  await until(async () => {
    const seen = (await peersOf(admin)).find(({ server_name }) => server_name === peer.name);
    return seen?.state === "failing" ? true : undefined;
  }, `a try at ${peer.name}`);
}

async function comes(follower: Follower, room: string, body: string): Promise<void> {
  await until(
    async () => (follower.bodies(room).includes(body) ? true : undefined),
    `${body} at ${follower.peer.name}`,
  );
}

test("FD16 FOU-22 a server that is kept out while it is due something is sent nothing of it, and in order once it is let in", async (t) => {
  const { home, ann, admin, far, near, rooms } = await stage(t);
  const [room] = rooms;
  far.react = () => "cut";
  for (const body of ["one", "two"]) await say(ann, room, body);
  await fails(admin, far);
  await home.setPolicy({ denied_peers: [far.peer.name] });
  far.react = taken;
  const before = far.batches.length;
  await say(ann, room, "three");
  await comes(near, room, "three");
  // Somebody waits for something of theirs, so that whatever may be sent is sent at once.
  assert.equal((await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: far.fqid })).status, 403);
  await until(async () => {
    const peer = (await peersOf(admin)).find(({ server_name }) => server_name === far.peer.name)!;
    return peer.state === "kept_out" && peer.queued === 3 ? true : undefined;
  }, "what waits, and why");
  assert.equal(far.batches.length, before);
  await home.setPolicy({ denied_peers: [] });
  const { status } = await ann.post(`/v1/rooms/${room}/send`, { content: { body: "four" } });
  assert.equal(status, 201);
  await comes(far, room, "four");
  assert.deepEqual([...new Set(far.bodies(room))], ["one", "two", "three", "four"]);
});

test("FD10 FOU-22 nothing that is said after a room's sharing ended leaves, nor any invite to it, whatever was due", async (t) => {
  const { world, ann, admin, far, near, rooms } = await stage(t);
  const [room, other] = rooms;
  const late = await Follower.start(t, world, "late.localhost");
  far.react = late.react = () => "cut";
  await say(ann, room, "while it was shared");
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: late.fqid }));
  for (const follower of [far, late]) await fails(admin, follower);
  const invites = late.batches.length;
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  await say(ann, room, "among ourselves");
  far.react = late.react = taken;
  assertOk(await admin.post(`/v1/admin/rooms/${other}/federation/invite`, { fqid: late.fqid }));
  await say(ann, other, "still shared");
  for (const follower of [far, near]) await comes(follower, other, "still shared");
  await until(async () => {
    const told = late.batches.slice(invites).flat();
    return told.length > 0 ? told : undefined;
  }, "the other invite");
  await until(async () => ((await queued(admin)).every((count) => count === 0) ? true : undefined), "all that is due");
  for (const follower of [far, near]) {
    assert.deepEqual([...new Set(follower.bodies(room))], ["while it was shared"], follower.peer.name);
    const types = follower.batches.flat().flatMap((item) => (item.type === "event" ? [item.event.envelope] : []));
    const last = types.filter(({ room_id }) => room_id === room).at(-1)!;
    assert.notEqual(last.event_type, "swp.room.message");
  }
  const rest = late.batches.slice(invites).flat();
  assert.ok(
    rest.every((item) => item.type === "invite" && item.room.room_id === other),
    "the invite to a room that is shared no more is not sent",
  );
});
