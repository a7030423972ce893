import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, rounds } from "@stairwell/testing";
import { Follower, taken } from "./follower.ts";
import { say } from "./pair.ts";
import { until } from "./settle.ts";
import { World } from "./world.ts";

/** Servers in all, of which so many never answer, and so many answer every other time. */
const ALL = rounds(200, 20);
const SLOW = ALL / 10;
const FLAPPING = ALL / 10;
const SAID = 5;

test("FD16 FOU-17 servers that hang or flap keep none of the others waiting, and are asked once at a time", async (t) => {
  const world = new World(t);
  const home = await world.start("home", { default_mode: "open", max_foreign_participants_per_room: 500 });
  await home.server.liftLimits("home");
  const [ann, admin] = [home.server.person("ann", "home"), home.server.person("admin", "home")];
  await admin.signIn();
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  const followers = await atOnce(ALL, (i) => Follower.start(t, world, `f${i}.localhost`));
  for (const follower of followers) await follower.join(home, admin, room);
  const isTold = (follower: Follower): boolean => follower.bodies(room).includes("before");
  await say(ann, room, "before");
  await until(async () => (followers.every(isTold) ? true : undefined), "all to be told");
  const [slow, flapping] = [followers.slice(0, SLOW), followers.slice(SLOW, SLOW + FLAPPING)];
  const healthy = followers.slice(SLOW + FLAPPING);
  for (const follower of slow) follower.react = () => "hang";
  for (const follower of flapping) {
    let calls = 0;
    follower.react = (items) => (calls++ % 2 === 0 ? "cut" : taken(items));
  }
  let mostOpen = 0;
  const bodies = Array.from({ length: SAID }, (_, i) => `said ${i}`);
  for (const body of bodies) {
    await say(ann, room, body);
    await until(async () => {
      mostOpen = Math.max(mostOpen, ...followers.map(({ open }) => open));
      return healthy.every((follower) => follower.bodies(room).includes(body)) ? true : undefined;
    }, `${body} at all who are well`);
  }
  for (const follower of healthy) {
    assert.deepEqual([...new Set(follower.bodies(room))], ["before", ...bodies], follower.peer.name);
  }
  // They hang all the while.
  await until(async () => (slow.every(({ open }) => open === 1) ? true : undefined), "the slow ones to be asked");
  assert.equal(mostOpen, 1, "a server is asked once at a time");
  await until(
    async () => (flapping.every((follower) => follower.bodies(room).includes(bodies.at(-1))) ? true : undefined),
    "all at those who flap",
  );
  for (const follower of flapping) assert.deepEqual([...new Set(follower.bodies(room))], ["before", ...bodies]);
});
