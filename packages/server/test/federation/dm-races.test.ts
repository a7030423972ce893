import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { assertOk, assertRefused, atOnce, FaultProxy, type Person, rounds } from "@stairwell/testing";
import { ANN, BOB, bodiesOf, pair, type Pair, say } from "./pair.ts";
import { roomAt, settled, sound, until } from "./settle.ts";
import { type Home, World } from "./world.ts";

const DMS = "/v1/me/federated-dms";
const AT_ONCE = 6;

async function roomsOf({ server, tenant }: Home): Promise<number> {
  const row = await server.db.get<{ n: number }>(
    "SELECT count(*) AS n FROM rooms WHERE tenant_no = $1",
    tenant.tenantNo,
  );
  return row!.n;
}

/** Opens from both sides at once, who is first in turn: one room, made once. */
async function race(a: Home, b: Home, count: number): Promise<void> {
  for (const { server, tenant } of [a, b]) await server.liftLimits(tenant.slug);
  const firsts: boolean[] = [];
  for (let round = 0; round < count; round++) {
    const [x, y] = [a.server.person(`x${round}`, a.tenant.slug), b.server.person(`y${round}`, b.tenant.slug)];
    for (const person of [x, y]) await person.signIn();
    const ask = (isOfA: boolean) =>
      isOfA ? x.post(DMS, { fqid: `@y${round}:${b.name}` }) : y.post(DMS, { fqid: `@x${round}:${a.name}` });
    // In turn: all at once, one of a's before all others, one of b's; in between a's begin a little later.
    const ahead = round % 3 === 0 ? [] : [await ask(round % 3 === 1)];
    const others = await atOnce(AT_ONCE - ahead.length, async (i) => {
      if (i % 2 === 0) await setTimeout(4 * (round % 16));
      return ask(i % 2 === 0);
    });
    const opened = [...ahead, ...others];
    const statuses = opened.map(({ status }) => status).sort((x, y) => x - y);
    assert.deepEqual(statuses, [...Array<number>(AT_ONCE - 1).fill(200), 201], JSON.stringify(opened));
    const ids = new Set(opened.map(({ data }) => (data as { id: string }).id));
    assert.equal(ids.size, 1, `round ${round}`);
    const [room] = ids as Set<string>;
    await settled([a, b], room!);
    const stored = (await roomAt(a, room!))!;
    assert.deepEqual([stored.room.joinedCount, stored.room.invitedCount, stored.hub], [2, 0, a.name]);
    firsts.push(stored.room.creator.endsWith(a.name));
  }
  assert.deepEqual([await roomsOf(a), await roomsOf(b)], [count, count]);
  assert.equal(new Set(firsts).size, 2, "each side was the first at times");
  await sound(a, b);
}

test("CON-04 FD24 both sides at once make one room, whoever is first, answered 201 once", async (t) => {
  const { a, b } = await pair(t);
  await race(a, b, rounds(90));
});

test("CON-04 FD24 two tenants of one server are two servers to each other", async (t) => {
  const world = new World(t);
  const a = await world.start("a");
  await race(a, await world.another(a, "b"), rounds(40));
});

/** The other server is reached by way of a proxy that harms what is said. */
async function proxied(t: TestContext, all: Pair): Promise<{ toA: FaultProxy; toB: FaultProxy }> {
  const { world, a, b } = all;
  const [toA, toB] = [await FaultProxy.start(t, a.server.url), await FaultProxy.start(t, b.server.url)];
  world.hosts.set(a.name, toA.url);
  world.hosts.set(b.name, toB.url);
  // They know each other's keys.
  await a.askProfile(b.name, "bob");
  await b.askProfile(a.name, "ann");
  return { toA, toB };
}

const posts = ({ method }: { method?: string | undefined }) => (method === "POST" ? true : undefined);

test("FD24 FD13 while the other server is away nothing is opened, and nothing is left of it", async (t) => {
  const all = await pair(t);
  const { world, a, b, bob } = all;
  const { toA } = await proxied(t, all);
  // Whether the other is asked for, or their server is gone by then.
  toA.fault = (request) => (posts(request) ? undefined : "down");
  assertRefused(await bob.post(DMS, { fqid: ANN }), 502, "SW_FED_PEER_UNREACHABLE");
  assert.deepEqual([await roomsOf(a), await roomsOf(b)], [0, 0]);
  world.hosts.set(a.name, a.server.url);
  world.hosts.set(b.name, b.server.url);
  await a.server.stop();
  assertRefused(await bob.post(DMS, { fqid: ANN }), 502, "SW_FED_PEER_UNREACHABLE");
  await world.startAgain(a);
  await b.server.stop();
  const again = a.server.person("ann", "a");
  assertRefused(await again.post(DMS, { fqid: BOB }), 502, "SW_FED_PEER_UNREACHABLE");
  await world.startAgain(b);
  assert.deepEqual([await roomsOf(a), await roomsOf(b)], [0, 0]);
  const waiting = await b.server.db.get<{ n: number }>("SELECT count(*) AS n FROM proposals WHERE opening IS NOT NULL");
  assert.equal(waiting!.n, 0);
  assert.equal((await b.server.person("bob", "b").post(DMS, { fqid: ANN })).status, 201);
  assert.equal((await again.post(DMS, { fqid: BOB })).status, 200);
});

test("FD24 FD13 an opening whose answer is lost is asked again under the same ids, and is one room", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const { toA, toB } = await proxied(t, all);
  toB.fault = "down";
  toA.fault = (request) => (posts(request) ? "answer lost" : undefined);
  const headers = { "idempotency-key": "k-1" };
  const lost = await bob.post(DMS, { fqid: ANN }, headers);
  assertRefused(lost, 504, "SW_FED_OUTCOME_UNKNOWN", "FD13");
  const { event_id } = lost.error!.details as unknown as { event_id: string };
  assert.equal(await roomsOf(a), 1);
  // Whoever asks again waits for the same.
  assertRefused(await bob.post(DMS, { fqid: ANN }), 504, "SW_FED_OUTCOME_UNKNOWN", "FD13");
  assert.equal(await roomsOf(a), 1);
  await a.server.person("carl", "a").signIn();
  const other = await bob.post(DMS, { fqid: "@carl:a.localhost" }, headers);
  assertRefused(other, 409, "SW_IDEMPOTENCY_CONFLICT", "AP6");
  toA.fault = undefined;
  const opened = await until(async () => {
    const answer = await bob.post(DMS, { fqid: ANN }, headers);
    return answer.status < 300 ? answer : undefined;
  }, "the room");
  const { id: room } = opened.data as { id: string };
  assert.equal(opened.status, 201);
  toB.fault = undefined;
  await say(bob, room, "here");
  await settled([a, b], room);
  assertOk(await bob.get(`/v1/rooms/${room}/events/${event_id}`));
  assertOk(await ann.post(`/v1/rooms/${room}/join`));
  assert.deepEqual(await bodiesOf(ann, room), ["here"]);
  assert.deepEqual([await roomsOf(a), await roomsOf(b)], [1, 1]);
  await sound(a, b);
});

test("AP6 FD24 a repeat with the same key is answered as the first, and asks nobody anything", async (t) => {
  const all = await pair(t);
  const { a, ann, bob } = all;
  const { toA, toB } = await proxied(t, all);
  const carl = a.server.person("carl", "a");
  await carl.signIn();
  for (const [person, fqid, to, other] of [
    [ann, BOB, toB, "@carl:b.localhost"],
    [bob, ANN, toA, "@carl:a.localhost"],
    [bob, "@carl:a.localhost", toA, ANN],
  ] as [Person, string, FaultProxy, string][]) {
    const headers = { "idempotency-key": `k-${fqid}` };
    const first = await person.post(DMS, { fqid }, headers);
    to.fault = "down";
    const again = await person.post(DMS, { fqid }, headers);
    assert.deepEqual([again.status, again.headers.get("idempotency-replayed")], [first.status, "true"]);
    assert.equal((again.data as { id: string }).id, (first.data as { id: string }).id);
    assertRefused(await person.post(DMS, { fqid: other }, headers), 409, "SW_IDEMPOTENCY_CONFLICT", "AP6");
    to.fault = undefined;
  }
});

test("FD24 a server that lost a direct room is given it again when its person opens it", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = (assertOk(await bob.post(DMS, { fqid: ANN })).data as { id: string }).id;
  await until(async () => ((await ann.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await ann.post(`/v1/rooms/${room}/join`));
  await say(ann, room, "one");
  await settled([a, b], room);
  const { roomNo, tenantNo } = (await roomAt(b, room))!;
  await b.server.db.write({ tenantNo }, async (tx) => {
    for (const table of ["rooms", "members", "events", "replicas", "standings", "reading", "signatures"]) {
      await tx.run(`DELETE FROM ${table} WHERE tenant_no = $1 AND room_no = $2`, tenantNo, roomNo);
    }
  });
  assertRefused(await bob.get(`/v1/rooms/${room}`), 404, "SW_ROOM_NOT_FOUND");
  const again = await bob.post(DMS, { fqid: ANN });
  assert.deepEqual([again.status, (again.data as { id: string }).id], [200, room]);
  await say(bob, room, "two");
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(bob, room), ["one", "two"]);
});
