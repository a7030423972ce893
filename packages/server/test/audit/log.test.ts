import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, type Person, TestServer } from "@stairwell/testing";
import { listRecords } from "../../src/audit/index.ts";

const TENANT = 1;

/** The acts on record, oldest first, without those of administration. */
async function acts(server: TestServer): Promise<string[]> {
  const records = await listRecords(server.db, TENANT, {}, undefined, 200);
  const moderation = records.filter(({ action }) => /^(?:member|room|event)\./.test(action));
  return moderation.toReversed().map(({ action, actor, target, details }) => {
    const rest = Object.keys(details).length === 0 ? [] : [JSON.stringify(details)];
    return [action, name(actor), target === null ? "-" : name(target), ...rest].join(" ");
  });
}

function name(fqid: string): string {
  return /^@([^:]*):/.exec(fqid)?.[1] ?? fqid;
}

async function assertVerified(server: TestServer): Promise<void> {
  assert.deepEqual((await verify(server.db)).findings, []);
}

const to = (who: Person) => ({ participant_id: who.id });

test("AD1 moderation of a room is on record: who did what to whom, in which room, by which event", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob, carol], { name: "A secret plan" });
  const path = `/v1/rooms/${room}`;
  assertOk(await alice.put(`${path}/members/${bob.id}/power-level`, { power_level: 50 }));
  assertOk(await alice.post(`${path}/kick`, { ...to(carol), reason: "noise" }));
  assertOk(await bob.post(`${path}/ban`, { ...to(carol), expires_at: "2999-01-01T00:00:00Z" }));
  assertOk(await bob.post(`${path}/unban`, to(carol)));
  assertOk(await bob.post(`${path}/invite`, to(carol)));
  assertOk(await alice.post(`${path}/kick`, to(carol)));
  assertOk(await alice.post(`${path}/archive`, { reason: "done" }));
  assertOk(await alice.post(`${path}/rejoin`));
  assertOk(await alice.post(`${path}/close`));
  assert.deepEqual(await acts(server), [
    'member.power alice bob {"power_level":50,"before":0}',
    "member.kick alice carol",
    'member.ban bob carol {"expires_at":"2999-01-01T00:00:00.000Z"}',
    "member.unban bob carol",
    "member.revoke alice carol",
    "room.archive alice -",
    "room.restore alice -",
    "room.close alice -",
  ]);
  const [newest] = await listRecords(server.db, TENANT, { roomId: room }, undefined, 1);
  const closed = (await alice.history(room)).at(-1);
  assert.deepEqual([newest?.roomId, newest?.eventId], [room, closed.id]);
  await assertVerified(server);
});

test("AD1 what is no power over anybody, and what follows by itself, is not on record", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob]);
  const path = `/v1/rooms/${room}`;
  await bob.say(room, "Hello");
  assertOk(await bob.post(`${path}/invite`, to(carol)));
  assertOk(await bob.post(`${path}/kick`, to(carol)));
  assertOk(await alice.put(`${path}/topic`, { topic: "x" }));
  // The heir's power and the archive after the last leaver are the server's.
  assertOk(await alice.post(`${path}/leave`));
  assertOk(await bob.post(`${path}/leave`));
  assert.deepEqual(await acts(server), []);
  await assertVerified(server);
});

test("AD1 a repeat of what holds, and a refusal, leave no record", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob, carol]);
  const path = `/v1/rooms/${room}`;
  assert.equal((await bob.post(`${path}/kick`, to(carol))).status, 403);
  const key = { "idempotency-key": "once" };
  for (let i = 0; i < 2; i++) assertOk(await alice.post(`${path}/kick`, to(carol), key));
  for (let i = 0; i < 2; i++) assertOk(await alice.post(`${path}/archive`));
  assert.deepEqual(await acts(server), ["member.kick alice carol", "room.archive alice -"]);
});

test("AD1 a record names the request it comes from, and holds neither reasons nor names of rooms", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob], { name: "A secret plan" });
  const body = { ...to(bob), reason: "said something unspeakable" };
  const kicks = [alice.post(`/v1/rooms/${room}/kick`, body, { "x-request-id": "the-kick" })];
  // Neighbours in the same write group have requests of their own.
  for (let i = 0; i < 5; i++) kicks.push(alice.post(`/v1/rooms/${room}/send`, { content: {} }));
  const [kick] = await Promise.all(kicks);
  assertOk(kick!);
  const [record] = await listRecords(server.db, TENANT, {}, undefined, 1);
  assert.equal(record?.requestId, "the-kick");
  assert.doesNotMatch(JSON.stringify(record), /unspeakable|secret/);
});

test("AD1 records are numbered without gaps in each tenant, and their time never falls", async (t) => {
  const clock = { time: Date.now(), now: () => clock.time, monotonic: () => performance.now() };
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const eve = await server.person("eve", "other").signIn();
  const room = await alice.roomWith([]);
  const other = await eve.roomWith([]);
  for (const step of [0, -60_000, 1]) {
    clock.time += step;
    assertOk(await alice.post(`/v1/rooms/${room}/archive`));
    assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  }
  assertOk(await eve.post(`/v1/rooms/${other}/archive`));
  const records = await listRecords(server.db, TENANT, {}, undefined, 200);
  assert.deepEqual(
    records.map(({ number }) => number),
    // The first is the making of the tenant.
    [7, 6, 5, 4, 3, 2, 1],
  );
  const times = records.map(({ at }) => at);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
  const [theirs] = await listRecords(server.db, TENANT + 1, {}, undefined, 200);
  assert.deepEqual([theirs?.number, theirs?.roomId], [2, other]);
});

test("AD1 verify finds an audit that is not as the log says", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob, carol]);
  assertOk(await alice.post(`/v1/rooms/${room}/kick`, to(bob)));
  assertOk(await alice.post(`/v1/rooms/${room}/ban`, to(carol)));
  await assertVerified(server);
  const found = async (sql: string): Promise<string[]> => {
    await server.db.write("deployment", (tx) => tx.run(sql));
    return (await verify(server.db)).findings.map(({ problem }) => problem);
  };
  assert.deepEqual(await found("UPDATE audit SET actor = target WHERE number = 2"), ["stands otherwise in the audit"]);
  assert.deepEqual(await found("DELETE FROM audit WHERE number = 2"), ["is moderation that the audit does not have"]);
  assert.deepEqual(await found("UPDATE audit SET event_id = 'evt-none' WHERE event_id IS NOT NULL"), [
    "is moderation that the audit does not have",
    "is moderation that the audit does not have",
    "1 records of the audit are of no event here",
  ]);
});
