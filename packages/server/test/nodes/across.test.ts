import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, StreamClient } from "@stairwell/testing";
import { NO_BUS } from "../../src/bus/index.ts";
import { startNodes, type TestNode, wellBuses } from "./network.ts";
import { until } from "./until.ts";

test("ST5 who comes, is away and goes on one node is seen so on another", async (t) => {
  const [a, b] = await startNodes(t, 2, { buses: wellBuses() });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  await alice.roomWith([bob]);
  const hers = await StreamClient.open(t, alice);
  const isBob = (status: string) => (frame: { type: string; participant_id?: string; status?: string }) =>
    frame.type === "presence" && frame.participant_id === bob.id && frame.status === status;
  const his = await StreamClient.open(t, bob);
  await hers.find(isBob("online"));
  // Said by a call to the node at which he has no stream.
  assertOk(await a.person("bob").put("/v1/me/presence", { status: "away" }));
  await hers.find(isBob("away"));
  for (const node of [a, b]) {
    await until(async () => {
      const answer = assertOk(await node.person("alice").get(`/v1/presence?ids=${bob.id},${alice.id}`));
      const byId = new Map(
        answer.data.map((one: { participant_id: string; status: string }) => [one.participant_id, one.status]),
      );
      return byId.get(bob.id) === "away" && byId.get(alice.id) === "online";
    });
  }
  his.say({ type: "presence", status: "online" });
  await hers.find(isBob("online"));
  await his.cut();
  await until(() => hers.frames.some(isBob("offline")));
});

test("ST5 who has streams on two nodes is not offline until both are gone", async (t) => {
  const [a, b] = await startNodes(t, 2, { buses: wellBuses() });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  await alice.roomWith([bob]);
  const hers = await StreamClient.open(t, alice);
  const one = await StreamClient.open(t, await a.person("bob").signIn());
  const two = await StreamClient.open(t, bob);
  await one.cut();
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  assert.deepEqual(
    hers.frames.filter(({ type }) => type === "presence").map(({ status }) => status),
    ["online"],
  );
  await two.cut();
});

test("ST5 typing on one node is told on another, and ends there by itself", async (t) => {
  const [a, b] = await startNodes(t, 2, { buses: wellBuses() });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const roomId = await alice.roomWith([bob]);
  const his = await StreamClient.open(t, bob);
  assertOk(await alice.put("/v1/typing", { room_id: roomId, typing: true }));
  assert.equal((await his.find("typing")).typing, true);
  // Taken back at another node than it was said at.
  assertOk(await b.person("alice").put("/v1/typing", { room_id: roomId, typing: false }));
  assert.equal((await his.find("typing")).typing, false);
  assertOk(await alice.put("/v1/typing", { room_id: roomId, typing: true }));
  assert.equal((await his.find("typing")).typing, true);
  assert.equal((await his.find("typing")).typing, false);
});

test("RD5 what a person does on one node their devices on another hear, and nobody else's", async (t) => {
  const [a, b] = await startNodes(t, 2, { buses: wellBuses() });
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const roomId = await alice.roomWith([bob]);
  const { id } = await alice.say(roomId, "hello");
  const [his, hers] = [await StreamClient.open(t, bob), await StreamClient.open(t, await b.person("alice").signIn())];
  assertOk(await a.person("bob").put(`/v1/rooms/${roomId}/read`, { event_id: id }));
  assert.equal((await his.find("read_marker")).last_read_event_id, id);
  assertOk(await a.person("bob").put(`/v1/rooms/${roomId}/notification-mode`, { mode: "none" }));
  assert.equal((await his.find("member_settings")).notification_mode, "none");
  await hers.settled();
  assert.deepEqual(
    hers.rest.filter(({ type }) => type !== "presence" && type !== "hello"),
    [],
  );
});

test("ST1 a ticket of one node opens a stream on another, once on any", async (t) => {
  const [a, b] = await startNodes(t, 2);
  const bob = await a.person("bob").signIn();
  const { WebSocket } = await import("ws");
  const tryTicket = (url: string, ticket: string): Promise<"opened" | number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/stream?ticket=${ticket}`);
      socket.once("message", () => {
        resolve("opened");
        socket.terminate();
      });
      socket.once("unexpected-response", (_request, response) => {
        resolve(response.statusCode!);
        socket.terminate();
      });
      socket.on("error", reject);
    });
  for (let i = 0; i < 5; i++) {
    const { ticket } = assertOk(await bob.post("/v1/stream/ticket")).data;
    const tries = await Promise.all([b, a, b, a].map((node) => tryTicket(node.url, ticket)));
    assert.deepEqual(
      tries.map(String).toSorted((x, y) => x.localeCompare(y)),
      ["401", "401", "401", "opened"],
    );
  }
  assert.equal(await tryTicket(a.url, "x".repeat(100)), 401);
});

test("AP7 cursors, links and kept answers of one node are another's", async (t) => {
  const [a, b] = await startNodes(t, 2);
  const alice = await a.person("alice").signIn();
  const roomId = await alice.roomWith([await a.person("bob").signIn(), await a.person("carol").signIn()]);
  const page = assertOk(await alice.get(`/v1/rooms/${roomId}/members?limit=1`));
  const next = assertOk(
    await b.person("alice").get(`/v1/rooms/${roomId}/members?limit=1&cursor=${page.meta.next_cursor as string}`),
  );
  assert.notDeepEqual(next.data, page.data);
  const body = { name: "key", scopes: ["read"] };
  const key = { "idempotency-key": "once" };
  const [one, two] = await Promise.all([
    alice.post("/v1/me/tokens", body, key),
    b.person("alice").post("/v1/me/tokens", body, key),
  ]);
  assertOk(one);
  assert.deepEqual(two.data, one.data);
});

/** The burst that a node takes somebody to have. */
async function limitFor(person: Person): Promise<number> {
  const { headers } = await person.put("/v1/me/presence", { status: "online" });
  return Number(headers.get("ratelimit-limit"));
}

/** Waits until each node has looked for the others once more. */
async function knowingEachOther({ running: { db } }: TestNode): Promise<void> {
  const beats = async () => {
    const rows = await db.all<{ node_id: string; beat: number }>("SELECT node_id, beat FROM nodes");
    return new Map(rows.map(({ node_id, beat }) => [node_id, beat]));
  };
  const before = await beats();
  await until(async () => [...(await beats())].every(([id, beat]) => beat >= before.get(id)! + 2));
}

test("send_rate is one rate over nodes that hear each other, and each its share of it while they do not", async (t) => {
  const RATE = { per_second: 5, burst: 20 };
  for (const [buses, most] of [
    [wellBuses(), 20 + 20],
    [() => NO_BUS, 20],
  ] as const) {
    const [a, b] = await startNodes(t, 2, { buses, keepLimits: true });
    await a.running.setLimits("dev", { send_rate: RATE });
    const bob = await a.person("bob").signIn();
    const roomId = await bob.roomWith([]);
    const people = [bob, b.person("bob")];
    for (const person of people) await until(async () => (await limitFor(person)) === RATE.burst);
    await knowingEachOther(a);
    const began = performance.now();
    let sent = 0;
    const spend = async (person: typeof bob): Promise<void> => {
      while (performance.now() - began < 3000) {
        const answer = await person.post(`/v1/rooms/${roomId}/send`, { content: { body: "x" } });
        if (answer.status === 201) sent++;
        else assertRefused(answer, 429, "SW_RATE_LIMIT_EXCEEDED");
      }
    };
    await Promise.all(people.map(spend));
    const seconds = (performance.now() - began) / 1000;
    // A burst at most for each, and then the one rate.
    const bound = most + RATE.per_second * (seconds + 1);
    t.diagnostic(`${sent} sent in ${seconds.toFixed(1)} s, at most ${bound.toFixed(0)}`);
    assert.ok(sent <= bound, `${sent} were sent, ${bound} may be`);
  }
});

test("failed sign-ins count on all nodes", async (t) => {
  const [a, b] = await startNodes(t, 2, { buses: wellBuses(), failedSignInsPerMinute: 10 });
  const fail = async (url: string): Promise<number> =>
    (await fetch(`${url}/v1/me`, { headers: { authorization: "Bearer wrong" } })).status;
  for (let i = 0; i < 10; i++) assert.equal(await fail(a.url), 401);
  await until(async () => (await fail(b.url)) === 429);
});

test("BU6 exports of a person are counted over all nodes, and a place is free again when one is done", async (t) => {
  const [a, b] = await startNodes(t, 2);
  const alice = await a.person("alice").signIn();
  const roomId = await alice.roomWith([]);
  await alice.say(roomId, "x");
  const begin = async (url: string): Promise<Response> =>
    fetch(`${url}/v1/rooms/${roomId}/export`, { headers: { authorization: `Bearer ${alice.credential}` } });
  const { SharedPlaces } = await import("../../src/nodes/index.ts");
  const held = new SharedPlaces(a.running.db, "some node", () => {});
  t.after(() => held.stop());
  const tenantNo = (await a.running.db.get<{ tenant_no: number }>("SELECT tenant_no FROM tenants WHERE slug = 'dev'"))!
    .tenant_no;
  const no = (await a.running.db.get<{ no: number }>(
    "SELECT participant_no AS no FROM participants WHERE participant_id = $1",
    alice.id,
  ))!.no;
  const take = () => held.take({ tenantNo, kind: "export" }, no, { participant: 2, tenant: 8 });
  const [one, two] = [await take(), await take()];
  assert.equal((await begin(b.url)).status, 429);
  assert.equal(await take(), "participant");
  assert.ok(typeof one === "function" && typeof two === "function");
  one();
  await until(async () => {
    const answer = await begin(b.url);
    await answer.arrayBuffer();
    return answer.status === 200;
  });
  two();
});
