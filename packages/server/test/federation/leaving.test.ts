import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, FaultProxy, type Person, StreamClient } from "@stairwell/testing";
import { ANN, BOB, bodiesOf, idOf, pair, type Pair, say, shared } from "./pair.ts";
import { foldAt, headAt, settled, sound, until } from "./settle.ts";

const CARL = "@carl:b.localhost";

async function proxied(t: Parameters<typeof FaultProxy.start>[0], { world, a, b }: Pair) {
  const [toA, toB] = [await FaultProxy.start(t, a.server.url), await FaultProxy.start(t, b.server.url)];
  world.hosts.set(a.name, toA.url);
  world.hosts.set(b.name, toB.url);
  return { toA, toB };
}

/** A shared room with carl of b in it too. */
async function withCarl(all: Pair): Promise<{ room: string; carl: Person }> {
  const room = await shared(all);
  const carl = all.b.server.person("carl", "b");
  await carl.signIn();
  assertOk(await all.admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: CARL }));
  await settled([all.a, all.b], room);
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  await settled([all.a, all.b], room);
  return { room, carl };
}

async function membershipAt(person: Person, room: string, fqid: string): Promise<string> {
  const { data } = assertOk(await person.get(`/v1/rooms/${room}/members`));
  return (data as { participant: { fqid: string } }[]).some(({ participant }) => participant.fqid === fqid)
    ? "join"
    : "gone";
}

async function roomsOf(person: Person): Promise<string[]> {
  return (assertOk(await person.get("/v1/directory/rooms")).data as { id: string }[]).map(({ id }) => id);
}

function assertLeaving(answer: Awaited<ReturnType<Person["post"]>>): void {
  assert.equal(answer.status, 202, JSON.stringify(answer));
  const { pending, leaving } = answer.data as { pending: boolean; leaving: boolean };
  assert.deepEqual([pending, leaving], [true, true]);
}

const isFrom = (room: string) => (frame: Record<string, unknown>) => frame["room_id"] === room;

test("FD13 who leaves while the hub is away reads and hears no more, is there for others, and goes with the event", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const { room, carl } = await withCarl(all);
  const at = `/v1/rooms/${room}`;
  const { toA } = await proxied(t, all);
  const stream = await StreamClient.open(t, bob);
  const { cursor } = await stream.find("hello");
  toA.fault = "down";
  assertLeaving(await bob.post(`${at}/leave`, { reason: "enough" }));
  assert.deepEqual((await stream.find("leaving"))["leaving"], true);
  await say(ann, room, "unheard");
  await until(async () => ((await bodiesOf(carl, room)).includes("unheard") ? true : undefined), "what ann says");

  for (const path of [at, `${at}/messages`, `${at}/members`, `${at}/state`]) {
    assertRefused(await bob.get(path), 403, "SW_ROOM_FORBIDDEN");
  }
  assertRefused(await bob.post(`${at}/send`, { content: { body: "no" } }), 403, "SW_ROOM_FORBIDDEN", "FD13");
  assert.ok(!(await roomsOf(bob)).includes(room));
  assert.ok((await roomsOf(carl)).includes(room));
  const unread = assertOk(await bob.get("/v1/rooms/unread")).data as { rooms: { room_id: string }[] };
  assert.ok(!unread.rooms.some(({ room_id }) => room_id === room));
  const again = assertOk(await bob.post(`${at}/leave`)).data as { membership: string; leaving?: boolean };
  assert.deepEqual([again.membership, again.leaving], ["leave", true]);
  assert.equal(await membershipAt(carl, room, BOB), "join");
  const polled = assertOk(await bob.get(`/v1/sync?since=${String(cursor)}&timeout=0`)) as unknown as {
    data: { events: Record<string, unknown>[] };
  };
  assert.deepEqual(polled.data.events.filter(isFrom(room)), []);
  const later = await StreamClient.open(t, bob, { since: String(cursor) });
  assert.deepEqual(stream.events.filter(isFrom(room)), []);

  toA.fault = undefined;
  await say(ann, room, "still unheard");
  await until(async () => ((await membershipAt(ann, room, BOB)) === "gone" ? true : undefined), "the leave");
  await settled([a, b], room);
  await stream.find("swp.room.member");
  assert.deepEqual(
    stream.events.filter(isFrom(room)).map(({ type }) => type),
    ["swp.room.member"],
  );
  await later.find("swp.room.member");
  assert.equal((assertOk(await bob.post(`${at}/leave`)).data as { leaving?: boolean }).leaving, undefined);
  const bodies = await bodiesOf(bob, room);
  assert.ok(bodies.includes("unheard"));
  assert.deepEqual(await foldAt(a, room, [ANN, BOB, CARL]), await foldAt(b, room, [ANN, BOB, CARL]));
  await sound(a, b);
});

test("FD13 who comes back takes back a leave that has not left, and waits for the fate of one that may have", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const at = `/v1/rooms/${room}`;
  const stream = await StreamClient.open(t, bob);
  // Nobody listens there: nothing can have arrived.
  all.world.hosts.set(a.name, "http://127.0.0.1:1");
  assertLeaving(await bob.post(`${at}/leave`));
  await until(async () => {
    const answer = await bob.post(`${at}/join`);
    // The sender may be trying just now.
    if (answer.status === 409) return undefined;
    assert.equal((assertOk(answer).data as { membership: string }).membership, "join");
    return true;
  }, "the way back");
  await stream.find((frame) => frame.type === "leaving" && frame["leaving"] === false);
  assert.ok((await roomsOf(bob)).includes(room));
  const { toA, toB } = await proxied(t, all);
  await say(ann, room, "heard again");
  await stream.find("swp.room.message");
  await settled([a, b], room);
  assert.equal(await membershipAt(ann, room, BOB), "join");

  toB.fault = "down";
  toA.fault = "answer lost";
  assertLeaving(await bob.post(`${at}/leave`));
  await until(async () => ((await membershipAt(ann, room, BOB)) === "gone" ? true : undefined), "the leave");
  assertRefused(await bob.post(`${at}/join`), 409, "SW_MEMBER_STATE", "FD13");
  toA.fault = toB.fault = undefined;
  await settled([a, b], room);
  assertRefused(await bob.post(`${at}/join`), 403, "SW_ROOM_FORBIDDEN");
  await sound(a, b);
});

test("FD13 a leave of somebody who was kicked meanwhile ends with its fate, and they read up to the kick", async (t) => {
  const all = await pair(t);
  const { b, ann, bob } = all;
  const room = await shared(all);
  const bobAtA = await idOf(ann, room, BOB);
  const { toA, toB } = await proxied(t, all);
  toA.fault = toB.fault = "down";
  assertLeaving(await bob.post(`/v1/rooms/${room}/leave`));
  await say(ann, room, "before");
  assertOk(await ann.post(`/v1/rooms/${room}/kick`, { participant_id: bobAtA }));
  await say(ann, room, "after");
  toA.fault = undefined;
  await until(
    async () => ((await bob.get(`/v1/rooms/${room}/messages`)).status === 403 ? true : undefined),
    "the refusal to read",
  );
  toB.fault = undefined;
  await until(
    async () => ((await bob.get(`/v1/rooms/${room}/messages`)).status === 200 ? true : undefined),
    "the kick",
  );
  assert.deepEqual(await bodiesOf(bob, room), ["before"]);
  const own = assertOk(await bob.post(`/v1/rooms/${room}/leave`)).data as { cause: string; leaving?: boolean };
  assert.deepEqual([own.cause, own.leaving], ["kicked", undefined]);
  await sound(b);
});

test("FD10 FD13 people leave a room that is shared no more, here alone, and read what was said till the end", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const { room, carl } = await withCarl(all);
  await say(ann, room, "last words");
  await settled([a, b], room);
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  await until(
    async () =>
      (await carl.post(`/v1/rooms/${room}/send`, { content: { body: "no" } })).status === 409 ? true : undefined,
    "the end",
  );
  const last = await headAt(b, room);
  await a.server.stop();
  const { membership, leaving } = assertOk(await bob.post(`/v1/rooms/${room}/leave`)).data as {
    membership: string;
    leaving?: boolean;
  };
  assert.deepEqual([membership, leaving], ["leave", undefined]);
  assert.ok(!(await roomsOf(bob)).includes(room));
  assert.ok((await roomsOf(carl)).includes(room));
  assert.deepEqual(await bodiesOf(bob, room), ["last words"]);
  assertRefused(await bob.post(`/v1/rooms/${room}/join`), 403, "SW_ROOM_FORBIDDEN");

  // What was archived before is brought back as anywhere; nothing else of it changes any more.
  const at = `/v1/rooms/${room}`;
  assertOk(await carl.post(`${at}/archive`));
  assert.equal((assertOk(await carl.get(at)).data as { state: string }).state, "archived");
  assert.ok(!(await roomsOf(carl)).includes(room));
  assert.deepEqual(assertOk(await carl.get("/v1/rooms/archived")).data, [assertOk(await carl.get(at)).data]);
  assertRefused(await bob.post(`${at}/rejoin`), 403, "SW_ROOM_FORBIDDEN");
  await sound(b);
  assertOk(await carl.post(`${at}/rejoin`));
  assert.equal((assertOk(await carl.get(at)).data as { state: string }).state, "open");
  assertRefused(await carl.post(`${at}/send`, { content: { body: "no" } }), 409, "SW_ROOM_FROZEN", "FD10");
  assert.equal(await headAt(b, room), last);
  await sound(b);
});

test("FD13 AU9 who is deactivated while the hub is away is out of the room here at once, and there when it is told", async (t) => {
  const all = await pair(t);
  const { a, b, admin, bob } = all;
  const { room, carl } = await withCarl(all);
  const dora = a.server.person("dora", "a");
  await dora.signIn();
  assertOk(await bob.post(`/v1/rooms/${room}/invite`, { fqid: "@dora:a.localhost" }));
  await settled([a, b], room);
  const { toA } = await proxied(t, all);
  toA.fault = "down";
  const chief = b.server.person("admin", "b");
  await chief.signIn();
  const id = await idOf(carl, room, BOB);
  assertOk(await chief.post(`/v1/admin/participants/${id}/deactivate`));
  // Nobody is brought back before they have left everywhere.
  await until(async () => {
    const answer = await chief.post(`/v1/admin/participants/${id}/reactivate`);
    return answer.status === 200 ? true : undefined;
  }, "the end of the departure");
  assert.ok(!(await roomsOf(bob)).includes(room));
  assertRefused(await bob.get(`/v1/rooms/${room}/messages`), 403, "SW_ROOM_FORBIDDEN");
  toA.fault = undefined;
  await until(async () => ((await membershipAt(carl, room, BOB)) === "gone" ? true : undefined), "the going");
  await settled([a, b], room);
  assert.deepEqual(
    await foldAt(a, room, [BOB, "@dora:a.localhost"]),
    await foldAt(b, room, [BOB, "@dora:a.localhost"]),
  );
  const { members } = (await foldAt(a, room, [BOB, "@dora:a.localhost"])) as {
    members: { membership: string; cause: string }[];
  };
  assert.deepEqual(
    members.map(({ membership, cause }) => [membership, cause]),
    [
      ["leave", "deactivated"],
      ["leave", "revoked"],
    ],
  );
  assertOk(await admin.get(`/v1/admin/federation/peers`));
  await sound(a, b);
});

test("FD10 FD13 an administrator who ends sharing on a replica ends it for all of theirs, however long the hub is away", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const { room, carl } = await withCarl(all);
  const { toA } = await proxied(t, all);
  toA.fault = "down";
  const chief = b.server.person("admin", "b");
  await chief.signIn();
  assertOk(await chief.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  for (const person of [bob, carl]) {
    assert.ok(!(await roomsOf(person)).includes(room));
    assertRefused(await person.get(`/v1/rooms/${room}/messages`), 403, "SW_ROOM_FORBIDDEN");
  }
  await b.server.stop();
  await all.world.startAgain(b);
  toA.fault = undefined;
  for (const fqid of [BOB, CARL]) {
    await until(async () => ((await membershipAt(ann, room, fqid)) === "gone" ? true : undefined), `${fqid} going`);
  }
  await sound(a, b);
});

test("MB6 FD13 who declines an invite to a room of another server is invited no more, and may be again", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await ann.roomWith([], { name: "Shared" });
  const invite = async () =>
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB, reason: "come" }));
  const isInvited = async () => {
    const { data } = assertOk(await bob.get("/v1/inbox"));
    return (data as { room: { id: string } }[]).some((each) => each.room.id === room) ? true : undefined;
  };
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  await invite();
  await until(isInvited, "the invite");
  const { membership, cause } = assertOk(await bob.post(`/v1/rooms/${room}/leave`)).data as Record<string, unknown>;
  assert.deepEqual([membership, cause], ["leave", "declined"]);
  assert.equal(await isInvited(), undefined);
  await sound(a, b);
  await invite();
  await until(isInvited, "the other invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  await sound(a, b);
});
