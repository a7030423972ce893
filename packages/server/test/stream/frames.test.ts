import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { assertOk, atOnce, Person, StreamClient, TestClock, TestServer } from "@stairwell/testing";
import { deactivate } from "../admin/managed.ts";
import { assertSame } from "./world.ts";

test("ST6 a send is acknowledged with the event as REST shows it, and what one client sends keeps its order", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const room = await alice.roomWith([bob]);
  const [stream, other] = [await StreamClient.open(t, alice), await StreamClient.open(t, bob)];
  const contents = Array.from({ length: 200 }, (_, n) => ({ n, ...(n % 3 === 0 ? { mentions: [bob.id] } : {}) }));
  const acks = await atOnce(200, (n) => stream.ask({ type: "send", room_id: room, content: contents[n] }));
  const history = (await alice.history(room)).filter(({ event_type }) => event_type === "swp.room.message");
  assert.deepEqual(
    acks.map(({ event }) => event),
    history,
  );
  assert.deepEqual(
    history.map(({ content }) => content.n),
    contents.map(({ n }) => n),
  );
  await other.settled();
  other.events.forEach((frame, i) => assertSame(frame, history[i]));
});

test("ST6 EV1 a repeat by event_uuid is acknowledged with the message as it is now, and costs nothing", async (t) => {
  const server = await TestServer.start(t, { clock: new TestClock() });
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  await server.setLimits({ send_rate: { per_second: 1, burst: 10 } });
  const stream = await StreamClient.open(t, alice);
  const send = { type: "send", room_id: room, event_uuid: "u-1", content: { body: "once" } };
  const first = await stream.ask(send);
  await stream.ask({ type: "send", room_id: room, content: { body: "reply", reply_to_event_id: first.event.id } });
  for (let i = 0; i < 50; i++) {
    const again = await stream.ask(send);
    assert.deepEqual(again.event, { ...first.event, reply_count: 1 });
  }
  const conflict = await stream.ask({ ...send, content: { body: "another" } });
  assert.deepEqual([conflict.error.code, conflict.error.rule], ["SW_IDEMPOTENCY_CONFLICT", "EV1"]);
  await stream.settled();
  assert.equal(stream.events.length, 2);
});

test("ST6 what is told to a room costs one of the send rate, over either door, refused or not", async (t) => {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  await server.setLimits({ send_rate: { per_second: 1, burst: 8 } });
  clock.advance(60_000);
  const stream = await StreamClient.open(t, alice);
  await stream.ask({ type: "send", room_id: room, content: {} });
  await stream.ask({ type: "send", room_id: room, content: 7 });
  await stream.ask({ type: "send", room_id: "room-unknown", content: {} });
  for (const frame of [
    { type: "typing", room_id: room, typing: true },
    { type: "presence", status: "away" },
  ])
    stream.say(frame);
  await stream.settled();
  assertOk(await alice.put("/v1/typing", { room_id: room, typing: true }));
  const { headers } = assertOk(await alice.put("/v1/me/presence", { status: "online" }));
  assert.deepEqual([headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")], ["8", "1"]);
  await stream.ask({ type: "send", room_id: room, content: {} });
  const { error } = await stream.ask({ type: "send", room_id: room, content: {} });
  assert.deepEqual([error.code, error.retry_after], ["SW_RATE_LIMIT_EXCEEDED", 1]);
  stream.say({ type: "typing", room_id: room, typing: true });
  assert.equal((await stream.find("error")).error.code, "SW_RATE_LIMIT_EXCEEDED");
  // Pings and markers are free.
  const { id } = (await alice.history(room)).at(-1);
  assert.equal((await stream.ask({ type: "read", room_id: room, event_id: id })).type, "ack");
});

test("ST6 the message that brings the other side of a direct room back costs two", async (t) => {
  const server = await TestServer.start(t, { clock: new TestClock() });
  const [alice, bob] = await server.people("alice", "bob");
  const room = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id;
  const stream = await StreamClient.open(t, alice);
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  const remaining = async () =>
    Number((await alice.put("/v1/me/presence", { status: "online" })).headers.get("ratelimit-remaining"));
  const before = await remaining();
  assert.equal((await stream.ask({ type: "send", room_id: room, content: {} })).type, "ack");
  // Two events, and the question itself.
  assert.equal(await remaining(), before - 3);
});

test("ST6 a stream reads no further while much of it is under way, and loses nothing", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await server.liftLimits();
  const room = await alice.roomWith([]);
  const stream = await StreamClient.open(t, alice);
  const body = "x".repeat(60_000);
  const acks = await atOnce(100, (n) => stream.ask({ type: "send", room_id: room, content: { n, body } }));
  assert.deepEqual(
    acks.map(({ event }) => event.content.n),
    Array.from({ length: 100 }, (_, n) => n),
  );
  await stream.settled();
});

test("ST7 one person may have 200 streams open", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const streams = await atOnce(200, () => StreamClient.open(t, alice));
  await assert.rejects(StreamClient.open(t, alice), /429/);
  await StreamClient.open(t, bob);
  await bob.say(room, "to all of you");
  for (const stream of streams) await stream.until("swp.room.message");
  await streams[0]!.cut();
  // The server sees the end of it a moment later.
  for (let isOpen = false; !isOpen; await turn())
    isOpen = await StreamClient.open(t, alice).then(
      () => true,
      () => false,
    );
});

test("ST5 who may not send is not seen typing, and a room that one cannot see is unknown", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob]);
  const listener = await StreamClient.open(t, bob);
  const typing = (who: Person, room_id: string) => who.put("/v1/typing", { room_id, typing: true });
  const [hidden, unknown] = [await typing(carol, room), await typing(carol, "room-unknown")];
  assert.deepEqual(
    [hidden.status, hidden.error.code, hidden.error.message],
    [404, "SW_ROOM_NOT_FOUND", unknown.error.message],
  );
  await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id });
  assert.equal((await typing(carol, room)).error.rule, "MB4");
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assert.equal((await typing(alice, room)).error.code, "SW_ROOM_FROZEN");
  await listener.settled();
  assert.deepEqual(
    listener.frames.filter(({ type }) => type === "typing"),
    [],
  );
});

test("ST5 somebody who was deactivated is offline at once, however lately they were here", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, admin] = await server.people("alice", "bob", "admin");
  const stream = await StreamClient.open(t, alice);
  const status = async () => assertOk(await bob.get(`/v1/presence?ids=${alice.id}`)).data[0].status;
  assert.equal(await status(), "online");
  await deactivate(server, admin, alice);
  assert.equal(await status(), "offline");
  assert.equal((await stream.closed()).code, 4001);
});

test("ST5 presence is asked for by id; unknown and foreign ids are left out", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const eve = await server.person("eve", "other").signIn();
  await StreamClient.open(t, alice);
  const ask = async (...ids: string[]) => assertOk(await bob.get(`/v1/presence?ids=${ids.join(",")}`)).data;
  assert.deepEqual(await ask(alice.id, bob.id, eve.id, "prt-unknown", alice.id), [
    { participant_id: alice.id, status: "online" },
    { participant_id: bob.id, status: "offline" },
  ]);
  assert.equal(assertOk(await bob.put("/v1/me/presence", { status: "away" })).data.status, "offline");
  await StreamClient.open(t, bob);
  assert.deepEqual(await ask(bob.id), [{ participant_id: bob.id, status: "online" }]);
  assert.equal(assertOk(await bob.put("/v1/me/presence", { status: "away" })).data.status, "away");
  assert.deepEqual(await ask(bob.id), [{ participant_id: bob.id, status: "away" }]);
  assert.equal((await bob.get(`/v1/presence?ids=${Array.from({ length: 101 }, (_, i) => i).join(",")}`)).status, 400);
});
