import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, ChildServer, FaultProxy, type Person } from "@stairwell/testing";
import { BOB, bodiesOf, pair, say, shared } from "./pair.ts";
import { settled, sound, until } from "./settle.ts";

const OPEN = { default_mode: "open" };

interface Stage {
  hub: ChildServer;
  toB: FaultProxy;
  ann: () => Person;
  bob: Person;
  room: string;
}

/** A hub and a replica, each a process of its own, with a proxy before the replica. */
async function stage(t: TestContext): Promise<Stage> {
  const [toA, toB] = [await FaultProxy.start(t, "http://127.0.0.1:1"), await FaultProxy.start(t, "http://127.0.0.1:1")];
  const hosts = { "a.localhost": toA.url, "b.localhost": toB.url };
  const [hub, replica] = [await ChildServer.start(t, { hosts }), await ChildServer.start(t, { hosts })];
  [toA.target, toB.target] = [hub.url, replica.url];
  const [ann, admin, bob] = [hub.person("ann", "a"), hub.person("admin", "a"), replica.person("bob", "b")];
  const adminOfB = replica.person("admin", "b");
  for (const person of [ann, admin, bob, adminOfB]) await person.signIn();
  for (const person of [admin, adminOfB]) assertOk(await person.put("/v1/admin/federation/policy", OPEN));
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
  await until(async () => ((await bob.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await say(ann, room, "first");
  await until(async () => ((await bodiesOf(bob, room)).length === 1 ? true : undefined), "the first");
  const startAgain = hub.startAgain.bind(hub);
  hub.startAgain = async () => {
    await startAgain();
    toA.target = hub.url;
  };
  return { hub, toB, ann: () => hub.person("ann", "a"), bob, room };
}

test("FD16 FOU-21 what was committed and not sent when the hub was killed comes once it is back, in order", async (t) => {
  const { hub, toB, ann, bob, room } = await stage(t);
  toB.fault = "down";
  const bodies = Array.from({ length: 70 }, (_, i) => `committed ${i}`);
  for (const body of bodies) await say(ann(), room, body);
  await hub.kill("SIGKILL");
  toB.fault = undefined;
  await hub.startAgain();
  await until(async () => ((await bodiesOf(bob, room)).length === 71 ? true : undefined), "what was committed");
  assert.deepEqual(await bodiesOf(bob, room), ["first", ...bodies]);
});

test("FD16 FOU-21 what was sent, and not noted as sent when the hub was killed, is sent again and stands once, in order", async (t) => {
  const { hub, toB, ann, bob, room } = await stage(t);
  toB.fault = "answer held";
  const answerless = toB.answerless();
  await say(ann(), room, "sent");
  await answerless;
  for (const body of ["waiting 1", "waiting 2"]) await say(ann(), room, body);
  assert.deepEqual(await bodiesOf(bob, room), ["first", "sent"], "it was stored, and the hub does not know");
  await hub.kill("SIGKILL");
  toB.fault = undefined;
  const before = toB.seen.length;
  await hub.startAgain();
  await say(ann(), room, "after");
  await until(async () => ((await bodiesOf(bob, room)).length === 5 ? true : undefined), "the rest");
  assert.deepEqual(await bodiesOf(bob, room), ["first", "sent", "waiting 1", "waiting 2", "after"]);
  assert.ok(toB.seen.slice(before).includes("POST"));
});

test("FD16 FOU-18 what was stored before its answer was cut off is sent again, and stored once", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const toB = await FaultProxy.start(t, b.server.url);
  world.hosts.set(b.name, toB.url);
  for (const [i, fault] of (["answer lost", { cutAfter: 20 }, "spoilt"] as const).entries()) {
    toB.fault = fault;
    const before = toB.seen.length;
    await say(ann, room, `said ${i}`);
    await until(async () => ((await bodiesOf(bob, room)).includes(`said ${i}`) ? true : undefined), "its effect");
    await until(async () => (toB.seen.length > before + 1 ? true : undefined), "another try");
    toB.fault = undefined;
    await say(ann, room, `after ${i}`);
    await settled([a, b], room);
  }
  const said = [0, 1, 2].flatMap((i) => [`said ${i}`, `after ${i}`]);
  assert.deepEqual(await bodiesOf(bob, room), said);
  assert.deepEqual(await bodiesOf(ann, room), said);
  await sound(a, b);
});
