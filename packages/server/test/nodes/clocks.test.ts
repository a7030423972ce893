import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { test } from "node:test";
import { systemClock, verify } from "@stairwell/server/testing";
import { assertOk, StreamClient } from "@stairwell/testing";
import { startNodes, type TestNode, wellBuses } from "./network.ts";

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
  assert.deepEqual((await verify(a.running.db)).findings, []);
});

test("ST1 a ticket opens one stream for 30 s on whichever node, although their clocks are ten minutes apart", async (t) => {
  const far = [-AHEAD_MS, 0, AHEAD_MS].map((off) => ({ ...systemClock, now: () => systemClock.now() + off }));
  const nodes = await startNodes(t, 3, { clocks: far });
  await nodes[0].person("alice").signIn();
  const issue = async (node: TestNode): Promise<string> =>
    assertOk(await node.person("alice").post("/v1/stream/ticket")).data.ticket;
  for (const node of nodes) {
    const used = await issue(node);
    const opened: number[] = [];
    for (const other of nodes) {
      // What is used at another meanwhile has it forget what nobody could use any more.
      for (const each of nodes) assert.equal(await upgradeWith(each, await issue(other)), 101);
      opened.push(await upgradeWith(other, used));
    }
    assert.deepEqual(opened, [101, 401, 401]);
  }
});

/** How an upgrade with a ticket is answered. */
async function upgradeWith({ url }: TestNode, ticket: string): Promise<number> {
  const headers = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
  const asking = request(`${url}/v1/stream?ticket=${ticket}`, {
    headers: { ...headers, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
  }).end();
  const [answer, socket] = (await Promise.race([once(asking, "upgrade"), once(asking, "response")])) as [
    IncomingMessage,
    Socket?,
  ];
  socket?.destroy();
  answer.resume();
  return answer.statusCode!;
}
