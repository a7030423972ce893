import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { assertOk, FaultProxy } from "@stairwell/testing";
import { BOB, bodiesOf, pair, say, shared } from "./pair.ts";
import { roomAt, settled, sound, until } from "./settle.ts";

test("FD12 FD16 while a room is taken after its first join, all else goes to its hub, and what is said in it waits for it", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const taken = await ann.roomWith([], { name: "Large" });
  assertOk(await admin.put(`/v1/admin/rooms/${taken}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${taken}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, taken), "the invite");
  const toA = await FaultProxy.start(t, a.server.url);
  world.hosts.set(a.name, toA.url);
  // The last of what belongs to taking a room: what came since is asked for, and does not come.
  const asked = Promise.withResolvers<IncomingMessage>();
  let isOver = false;
  toA.fault = (request) => {
    if (!request.url!.includes("/backfill")) return undefined;
    request.socket.once("close", () => (isOver = true));
    asked.resolve(request);
    return "silent";
  };
  assertOk(await bob.post(`/v1/rooms/${taken}/join`));
  const request = await asked.promise;
  const inside = bob.post(`/v1/rooms/${taken}/send`, { content: { body: "inside" } });
  const waits = "SELECT 1 FROM proposals WHERE state = 'waiting'";
  await until(async () => ((await b.server.db.get(waits)) === undefined ? undefined : true), "what is said inside");
  await say(bob, room, "outside");
  const arrived = async () => ((await bodiesOf(ann, room)).includes("outside") ? true : undefined);
  await until(arrived, "what is said outside");
  await say(ann, room, "and back");
  await settled([a, b], room);
  assert.deepEqual([isOver, await bodiesOf(ann, taken)], [false, []]);
  toA.fault = undefined;
  request.socket.destroy();
  assertOk(await inside);
  await until(async () => ((await bodiesOf(ann, taken)).includes("inside") ? true : undefined), "what was said inside");
  await settled([a, b], taken);
  await sound(a, b);
});
