import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE } from "@stairwell/protocol/stream";
import { assertOk, assertRefused, StreamClient, stopwatch } from "@stairwell/testing";
import { type Bus, NO_BUS } from "../../src/bus/index.ts";
import { type Nodes, startNodes, type TestNode, wellBuses } from "./network.ts";
import { until } from "./until.ts";

const BUSES: Record<string, () => () => Bus> = { "no bus": () => () => NO_BUS, "a bus": wellBuses };
/** What ends on one node ends on the others within this. */
const SOON_MS = 1000;

/** Bob by a token of his own, on the second node. */
async function bobOn([a, b]: Nodes<2>): Promise<{
  bob: ReturnType<TestNode["withToken"]>;
  tokenId: string;
  id: string;
}> {
  const bob = await a.person("bob").signIn();
  const made = assertOk(await bob.post("/v1/me/tokens", { name: "laptop", scopes: ["read", "write"] })).data;
  return { bob: b.withToken("bob", made.token), tokenId: made.id, id: bob.id };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const took = stopwatch();
  await work();
  return took();
}

for (const [name, buses] of Object.entries(BUSES)) {
  test(`AU3 with ${name}, a token that is revoked on one node ends its streams and calls on another within a second`, async (t) => {
    const nodes = await startNodes(t, 2, { buses: buses() });
    const { bob, tokenId } = await bobOn(nodes);
    const stream = await StreamClient.open(t, bob);
    assertOk(await bob.get("/v1/me"));
    assertOk(await nodes[0].person("bob").delete(`/v1/me/tokens/${tokenId}`));
    const endedMs = await timed(async () => assert.equal((await stream.closed()).code, CLOSE.credential));
    assert.ok(endedMs < SOON_MS, `${endedMs} ms`);
    const refusedMs = await timed(() => until(async () => (await bob.get("/v1/me")).status === 401));
    assert.ok(endedMs + refusedMs < SOON_MS + 200, `${endedMs + refusedMs} ms`);
  });

  test(`AU9 with ${name}, who is deactivated on one node is out everywhere within a second, and out of rooms soon`, async (t) => {
    const nodes = await startNodes(t, 2, { buses: buses() });
    const { bob, id } = await bobOn(nodes);
    const alice = await nodes[1].person("alice").signIn();
    const roomId = await alice.roomWith([await nodes[1].person("bob").signIn()]);
    const [own, hers] = [await StreamClient.open(t, bob), await StreamClient.open(t, alice)];
    const admin = await nodes[0].person("admin").signIn();
    assertOk(await admin.post(`/v1/admin/participants/${id}/deactivate`, {}));
    const endedMs = await timed(async () => assert.equal((await own.closed()).code, CLOSE.credential));
    assert.ok(endedMs < SOON_MS, `${endedMs} ms`);
    const gone = await hers.find((frame) => frame.type === "swp.room.member" && frame.content.participant === id);
    assert.equal(gone.room_id, roomId);
    assert.equal(gone.content.membership, "leave");
  });

  test(`AU6 with ${name}, a tenant that is suspended on one node has no stream on another within a second`, async (t) => {
    const nodes = await startNodes(t, 2, { buses: buses() });
    const { bob } = await bobOn(nodes);
    const stream = await StreamClient.open(t, bob);
    const { db } = nodes[0].running;
    const { suspendTenant } = await import("../../src/tenants/index.ts");
    await db.write("deployment", (tx) => suspendTenant(tx, () => {}, "dev", true));
    const endedMs = await timed(async () => assert.equal((await stream.closed()).code, CLOSE.credential));
    assert.ok(endedMs < SOON_MS, `${endedMs} ms`);
  });

  test(`RD4 with ${name}, a mute on one node is in force on another, whose notifications stop`, async (t) => {
    const [a, b] = await startNodes(t, 2, { buses: buses() });
    const alice = await a.person("alice").signIn();
    const bob = await b.person("bob").signIn();
    const roomId = await alice.roomWith([bob]);
    assertOk(await a.person("bob").put(`/v1/rooms/${roomId}/notification-mode`, { mode: "all" }));
    const stream = await StreamClient.open(t, bob);
    await alice.say(roomId, "one");
    await stream.find("notification");
    assertOk(await a.person("bob").put(`/v1/rooms/${roomId}/notification-mode`, { mode: "none" }));
    await until(async () => {
      const { id } = await alice.say(roomId, "two");
      await stream.find((frame) => frame.id === id);
      await alice.say(roomId, "three");
      await stream.find(({ content }) => content?.body === "three");
      return !stream.frames.some((frame) => frame.type === "notification" && frame.event_id === id);
    });
  });
}

test("AU3 a stream that opens right after its token was revoked elsewhere ends, whatever was remembered of the token", async (t) => {
  const nodes = await startNodes(t, 2);
  const { bob, tokenId } = await bobOn(nodes);
  await bob.signIn();
  assertOk(await nodes[0].person("bob").delete(`/v1/me/tokens/${tokenId}`));
  const ended = await StreamClient.open(t, bob).then(
    async (stream) => (await stream.closed()).code,
    (error: Error) => (/ended with 4001|response: 401/.test(error.message) ? CLOSE.credential : error.message),
  );
  assert.equal(ended, CLOSE.credential);
});

test("limits that change on one node are those of another within a second", async (t) => {
  const [a, b] = await startNodes(t, 2);
  const bob = await b.person("bob").signIn();
  const roomId = await bob.roomWith([]);
  await bob.say(roomId, "x");
  await a.running.setLimits("dev", { send_rate: { per_second: 0.0001, burst: 1 } });
  const noticedMs = await timed(() =>
    until(async () => (await bob.post(`/v1/rooms/${roomId}/send`, { content: { body: "y" } })).status === 429),
  );
  assert.ok(noticedMs < SOON_MS + 200, `${noticedMs} ms`);
  assertRefused(await bob.post(`/v1/rooms/${roomId}/send`, { content: { body: "z" } }), 429, "SW_RATE_LIMIT_EXCEEDED");
});
