import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, FaultProxy } from "@stairwell/testing";
import { replicaStage, serve, trapped } from "./evil-stage.ts";
import { BOB, bodiesOf, idOf, pair, say, shared } from "./pair.ts";
import { roomAt, settled, sound, until } from "./settle.ts";

test("FD12 FD13 a first join whose answer is lost brings the room when it is asked for again", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, room), "the invite");
  const toA = await FaultProxy.start(t, a.server.url);
  world.hosts.set(a.name, toA.url);
  toA.fault = "answer lost";
  const lost = await bob.post(`/v1/rooms/${room}/join`);
  assert.equal(lost.status, 504);
  for (let i = 0; i < 3; i++) await say(ann, room, `since ${i}`);
  toA.fault = undefined;
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(bob, room), ["since 0", "since 1", "since 2"]);
  await say(bob, room, "here");
  await settled([a, b], room);
  await sound(a, b);
});

test("FD13 more than a request may hold waits for its hub, and goes there in several", async (t) => {
  const all = await pair(t);
  const { world, a, b, bob } = all;
  const room = await shared(all);
  await b.server.liftLimits("b");
  const toA = await FaultProxy.start(t, a.server.url);
  world.hosts.set(a.name, toA.url);
  toA.fault = "down";
  const bodies = Array.from({ length: 30 }, (_, i) => `${i} ${"x".repeat(60_000)}`);
  const sent = await Promise.all(bodies.map((body) => bob.post(`/v1/rooms/${room}/send`, { content: { body } })));
  for (const { status } of sent) assert.equal(status, 202);
  toA.fault = undefined;
  // Whoever is in a hurry cuts a rest short, for all that waits.
  assert.ok((await bob.post(`/v1/rooms/${room}/send`, { content: { body: "and this" } })).status < 300);
  const there = async () => {
    const rows = await a.server.db.all<{ content: string }>(
      "SELECT content FROM events WHERE event_type = $1",
      "swp.room.message",
    );
    return new Set(rows.map(({ content }) => (JSON.parse(content) as { body: string }).body));
  };
  await until(async () => ((await there()).size === 31 ? true : undefined), "all of it");
  await settled([a, b], room);
  assert.ok((await there()).isSupersetOf(new Set(bodies)));
  await sound(a, b);
});

test("FD13 what may have arrived is not taken back, where its hub cannot be reached when it is asked for again", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const carl = a.server.person("carl", "a");
  await carl.signIn();
  assertOk(await ann.post(`/v1/rooms/${room}/invite`, { fqid: "@carl:a.localhost" }));
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  const power = `/v1/rooms/${room}/members/${await idOf(ann, room, BOB)}/power-level`;
  assertOk(await ann.put(power, { power_level: 50 }));
  await settled([a, b], room);
  const who = { participant_id: await idOf(bob, room, "@carl:a.localhost") };
  const kick = () => bob.post(`/v1/rooms/${room}/kick`, who, { "idempotency-key": "k" });

  // Nor does its log come.
  const [toA, toB] = [await FaultProxy.start(t, a.server.url), await FaultProxy.start(t, b.server.url)];
  world.hosts.set(a.name, toA.url);
  world.hosts.set(b.name, toB.url);
  [toA.fault, toB.fault] = ["answer lost", "down"];
  assertRefused(await kick(), 504, "SW_FED_OUTCOME_UNKNOWN");
  await a.server.stop();
  world.hosts.set(a.name, a.server.url);
  assertRefused(await kick(), 504, "SW_FED_OUTCOME_UNKNOWN");
  toB.fault = undefined;
  await world.startAgain(a);
  await settled([a, b], room);
  const carlThere = await a.server
    .person("carl", "a")
    .post(`/v1/rooms/${room}/send`, { content: { body: "still here" } });
  assertRefused(carlThere, 403, "SW_ROOM_FORBIDDEN", "VS3");
  await sound(a, b);
});

test("FD13 what a hub cannot take now was not refused: nobody is told that it failed, and it is asked for until the hub can", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  await home.server.person("bob", "home").signIn();
  const answer = evil.answer!;
  let refusals = 0;
  evil.answer = (request, response) => {
    if (request.method !== "POST") return answer(request, response);
    refusals++;
    response.statusCode = 503;
    response.setHeader("content-type", "application/json");
    request.resume().once("end", () => response.end('{"error":{"code":"SW_UNAVAILABLE","message":"Not now."}}'));
  };
  const who = { fqid: "@bob:home.localhost" };
  const invite = () => ann.post(`/v1/rooms/${room.id}/invite`, who, { "idempotency-key": "k" });
  const before = room.events.length;
  assertRefused(await invite(), 504, "SW_FED_OUTCOME_UNKNOWN");
  assert.ok(refusals > 0);
  serve(room);
  assertOk(await invite());
  assert.equal(room.events.length, before + 1);
});
