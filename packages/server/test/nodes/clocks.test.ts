import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { WebSocket } from "ws";
import { systemClock, verify } from "@stairwell/server/testing";
import { assertOk, StreamClient } from "@stairwell/testing";
import { startNodes, wellBuses } from "./network.ts";

const AHEAD_MS = 10 * 60_000;

test("ST3 nodes whose clocks are ten minutes apart lose no event, repeat nothing, and know each other's tokens", async (t) => {
  const ahead = { ...systemClock, now: () => systemClock.now() + AHEAD_MS };
  const [a, b] = await startNodes(t, 2, { buses: wellBuses(), clocks: [systemClock, ahead] });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const room = await alice.roomWith([bob]);
  const streams = [await StreamClient.open(t, alice), await StreamClient.open(t, bob)];
  for (let i = 0; i < 5; i++) for (const node of [b, a]) await node.person("alice").say(room, `${i}`);
  const { id } = await b.person("alice").say(room, "last");
  for (const stream of streams) await stream.find((frame) => frame.id === id);
  const { token } = assertOk(await alice.post("/v1/me/tokens", { name: "laptop", scopes: ["read"] })).data;
  assertOk(await b.withToken("alice", token).get("/v1/me"));
  const body = { content: { body: "once" } };
  const key = { "idempotency-key": "the-same" };
  const [one, two] = [
    assertOk(await b.person("alice").post(`/v1/rooms/${room}/send`, body, key)),
    assertOk(await alice.post(`/v1/rooms/${room}/send`, body, key)),
  ];
  assert.equal(two.data.id, one.data.id);
  // What ends by the clock ends by that of whoever is asked.
  const { ticket } = assertOk(await alice.post("/v1/stream/ticket")).data;
  const socket = new WebSocket(`${b.url.replace("http", "ws")}/v1/stream?ticket=${ticket}`);
  t.after(() => socket.terminate());
  socket.on("error", () => {});
  const [, late] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  assert.equal(late.statusCode, 401);
  assert.deepEqual((await verify(a.running.db)).findings, []);
});
