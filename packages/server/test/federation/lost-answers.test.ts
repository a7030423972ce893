import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, FaultProxy } from "@stairwell/testing";
import { BOB, bodiesOf, pair, say } from "./pair.ts";
import { roomAt, settled, sound, until } from "./settle.ts";

test("FD12 FD13 a first join whose answer is lost brings the room when it is asked for again", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, room), "the invite");
  const toA = await FaultProxy.start(t, a.server.url);
  world.hosts.set(a.name, toA.url);
  toA.fault = "answer lost";
  const lost = await bob.post(`/v1/rooms/${room}/join`);
  assert.equal(lost.status, 504);
  for (let i = 0; i < 3; i++) await say(ann, room, `since ${i}`);
  toA.fault = undefined;
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(bob, room), ["since 0", "since 1", "since 2"]);
  await say(bob, room, "here");
  await settled([a, b], room);
  await sound(a, b);
});
