import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, FaultProxy, type Person, StreamClient } from "@stairwell/testing";
import { BOB, bodiesOf, idOf, pair, type Pair, say, shared } from "./pair.ts";
import { headAt, settled, until } from "./settle.ts";

interface PendingEvent {
  id: string;
  pending: true;
  origin_ts: number;
  content: unknown;
}

/** What was answered 202. */
function assertPending(answer: Awaited<ReturnType<Person["post"]>>): PendingEvent {
  assert.equal(answer.status, 202, JSON.stringify(answer));
  const data = answer.data as PendingEvent;
  assert.equal(data.pending, true);
  return data;
}

/** A proxy before each of two servers, which ends or harms what they say to each other. */
async function proxied(t: Parameters<typeof FaultProxy.start>[0], { world, a, b }: Pair) {
  const [toA, toB] = [await FaultProxy.start(t, a.server.url), await FaultProxy.start(t, b.server.url)];
  world.hosts.set(a.name, toA.url);
  world.hosts.set(b.name, toB.url);
  return { toA, toB };
}

test("FD13 what is said while the hub is away is kept, comes in order when it is back, and each once", async (t) => {
  const all = await pair(t);
  const { world, a, b, bob } = all;
  const room = await shared(all);
  await b.server.person("carl", "b").signIn();
  const [first, second] = [await say(bob, room, "first"), await say(bob, room, "second")];
  const stream = await StreamClient.open(t, bob);
  await a.server.stop();

  const at = `/v1/rooms/${room}`;
  const one = { content: { body: "one" }, event_uuid: "u-1" };
  const pending = [assertPending(await bob.post(`${at}/send`, one))];
  assert.deepEqual(pending[0]!.content, one.content);
  assert.equal(assertPending(await bob.post(`${at}/send`, one)).id, pending[0]!.id);
  assertRefused(
    await bob.post(`${at}/send`, { ...one, content: { body: "other" } }),
    409,
    "SW_IDEMPOTENCY_CONFLICT",
    "EV1",
  );
  const two = { content: { body: "two" } };
  const headers = { "idempotency-key": "k-1" };
  pending.push(assertPending(await bob.post(`${at}/send`, two, headers)));
  assert.equal(assertPending(await bob.post(`${at}/send`, two, headers)).id, pending[1]!.id);
  pending.push(assertPending(await bob.post(`${at}/events/${first}/edit`, { content: { body: "first, better" } })));
  pending.push(assertPending(await bob.post(`${at}/events/${first}/reaction`, { emoji: "👍" })));
  pending.push(assertPending(await bob.post(`${at}/events/${second}/redact`, {})));
  const ack = await stream.ask({ type: "send", room_id: room, content: { body: "three" } });
  pending.push(ack["pending"] as PendingEvent);
  assert.deepEqual([ack.type, (ack["pending"] as PendingEvent).content], ["ack", { body: "three" }]);
  assertRefused(await bob.post(`${at}/invite`, { fqid: "@carl:b.localhost" }), 502, "SW_FED_PEER_UNREACHABLE");
  assert.deepEqual(await bodiesOf(bob, room), ["first", "second"]);

  await world.startAgain(a);
  await stream.find((frame) => frame["id"] === pending.at(-1)!.id);
  await settled([a, b], room);
  const ann = a.server.person("ann", "a");
  for (const person of [ann, bob]) {
    assert.deepEqual(await bodiesOf(person, room), ["first, better", null, "one", "two", "three"]);
  }
  const seen = stream.events.map(({ id }) => id);
  assert.deepEqual(
    seen.filter((id) => pending.some((each) => each.id === id)),
    pending.map(({ id }) => id),
  );
  for (const [body, more, id] of [
    [one, {}, pending[0]!.id],
    [two, headers, pending[1]!.id],
  ] as const) {
    const answer = assertOk(await bob.post(`${at}/send`, body, more));
    assert.equal((answer.data as { id: string }).id, id);
  }
  await settled([a, b], room);
  assert.equal((await bodiesOf(ann, room)).length, 5);
  const members = assertOk(await ann.get(`${at}/members`)).data as unknown[];
  assert.equal(members.length, 2, "an invite that could not be sent was forgotten");
});

test("FD13 an answer that is lost after its effect is asked for again under the same id", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const bobAtA = await idOf(ann, room, BOB);
  assertOk(await ann.put(`/v1/rooms/${room}/members/${bobAtA}/power-level`, { power_level: 50 }));
  await settled([a, b], room);
  const { toA, toB } = await proxied(t, all);
  toB.fault = "down";
  toA.fault = "answer lost";
  const said = assertPending(await bob.post(`/v1/rooms/${room}/send`, { content: { body: "once" } }));
  const renamed = await bob.put(`/v1/rooms/${room}/name`, { name: "Once" });
  assertRefused(renamed, 504, "SW_FED_OUTCOME_UNKNOWN", "FD13");
  const { event_id } = renamed.error!.details as unknown as { event_id: string };
  await until(async () => ((await bodiesOf(ann, room)).length === 1 ? true : undefined), "the effect");
  assert.deepEqual(await bodiesOf(bob, room), []);
  assert.notEqual(await headAt(a, room), await headAt(b, room));
  toA.fault = undefined;
  await until(async () => ((await bodiesOf(bob, room)).length === 1 ? true : undefined), "the answer");
  toB.fault = undefined;
  await settled([a, b], room);
  for (const person of [ann, bob]) {
    assertOk(await person.get(`/v1/rooms/${room}/events/${said.id}`));
    assertOk(await person.get(`/v1/rooms/${room}/events/${event_id}`));
    assert.deepEqual(await bodiesOf(person, room), ["once"]);
  }
});

test("FD13 what the hub refuses later comes to its sender's stream as refused", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const bobAtA = await idOf(ann, room, BOB);
  const stream = await StreamClient.open(t, bob);
  const { toA, toB } = await proxied(t, all);
  toA.fault = toB.fault = "down";
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: bobAtA }));
  const { id } = assertPending(await bob.post(`/v1/rooms/${room}/send`, { content: { body: "too late" } }));
  toA.fault = undefined;
  const refused = await stream.find("refused");
  assert.deepEqual([refused["id"], refused["room_id"]], [id, room]);
  toB.fault = undefined;
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(ann, room), []);
});

test("FD13 FD18 a replica that stops with proposals under way sends them when it is back", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const { toA } = await proxied(t, all);
  toA.fault = "down";
  const bodies = ["one", "two", "three"];
  for (const body of bodies) assertPending(await bob.post(`/v1/rooms/${room}/send`, { content: { body } }));
  await b.server.stop();
  toA.fault = undefined;
  await say(ann, room, "meanwhile");
  await world.startAgain(b);
  await until(async () => ((await bodiesOf(ann, room)).length === 4 ? true : undefined), "what was kept");
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(ann, room), ["meanwhile", ...bodies]);
  assert.deepEqual(await bodiesOf(b.server.person("bob", "b"), room), ["meanwhile", ...bodies]);
});

test("FD16 administrators see how far each server has a room, and so whether a ban holds there", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const bobAtA = await idOf(ann, room, BOB);
  const peer = async () => {
    const { data } = assertOk(await admin.get("/v1/admin/federation/peers"));
    const peers = data as {
      server_name: string;
      state: string;
      last_error: string | null;
      queued: number;
      oldest_queued_at: string | null;
      rooms: { room_id: string; head: number; confirmed_position: number }[];
    }[];
    assert.deepEqual(
      peers.map(({ server_name }) => server_name),
      [b.name],
    );
    return { ...peers[0]!, room: peers[0]!.rooms.find(({ room_id }) => room_id === room)! };
  };
  const level = await until(async () => {
    const seen = await peer();
    return seen.queued === 0 ? seen : undefined;
  }, "all to be confirmed");
  assert.deepEqual([level.state, level.last_error, level.oldest_queued_at], ["ok", null, null]);
  assert.equal(level.room.confirmed_position, level.room.head);
  const { toB } = await proxied(t, all);
  toB.fault = "down";
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: bobAtA }));
  const behind = await until(async () => {
    const seen = await peer();
    return seen.state === "failing" ? seen : undefined;
  }, "the failure");
  assert.deepEqual([behind.queued, behind.room.confirmed_position], [1, level.room.head]);
  assert.equal(behind.room.head, level.room.head + 1);
  assert.notEqual(behind.oldest_queued_at, null);
  toB.fault = undefined;
  const held = await until(async () => {
    const seen = await peer();
    return seen.queued === 0 && seen.state === "ok" ? seen : undefined;
  }, "the ban to hold there");
  assert.equal(held.room.confirmed_position, behind.room.head);
  await settled([a, b], room);
  assertRefused(await bob.post(`/v1/rooms/${room}/send`, { content: { body: "?" } }), 403, "SW_ROOM_FORBIDDEN");
});
