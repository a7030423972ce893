import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, FaultProxy, StreamClient } from "@stairwell/testing";
import { bodiesOf, pair, say, shared } from "./pair.ts";
import { roomAt, settled, sound, until } from "./settle.ts";

test("FD12 FOU-13 a gap is filled with exactly what is missing, and clients hear it in order", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  await say(ann, room, "before");
  await settled([a, b], room);
  const stream = await StreamClient.open(t, bob);
  const [toA, toB] = [await FaultProxy.start(t, a.server.url), await FaultProxy.start(t, b.server.url)];
  const asked: string[] = [];
  toA.fault = ({ method, url }) => {
    if (method === "GET" && url!.includes("/rooms/")) asked.push(url!);
    return undefined;
  };
  // What the hub tells does not arrive: it is what bob says that shows how far the log has gone.
  toB.fault = "down";
  world.hosts.set(a.name, toA.url);
  world.hosts.set(b.name, toB.url);
  const missed = ["one", "two", "three"];
  for (const body of missed) await say(ann, room, body);
  const { data } = assertOk(await bob.post(`/v1/rooms/${room}/send`, { content: { body: "mine" } }));
  const { stream_position: mine } = data as { stream_position: number };
  const after = mine - missed.length - 1;
  const own = await stream.find(({ content }) => content?.body === "mine");
  assert.equal(own["stream_position"], mine);
  assert.deepEqual(
    stream.events.map(({ content }) => content.body),
    [...missed, "mine"],
  );
  assert.equal(asked.length, 1, asked.join());
  const { pathname, searchParams } = new URL(asked[0]!, "http://a");
  assert.equal(pathname, `/_stairwell/federation/v1/rooms/${room}/backfill`);
  assert.equal(searchParams.get("after"), String(after));
  toB.fault = undefined;
  await settled([a, b], room);
  await sound(a, b);
});

test("FD12 what was said before a server joined is fetched by pages, newest first, and once", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  await a.server.liftLimits("a");
  await a.setPolicy({ history_before_join: true });
  const room = await ann.roomWith([], { name: "Shared" });
  const said = Array.from({ length: 150 }, (_, i) => `before ${i}`);
  for (const body of said) await say(ann, room, body);
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@bob:b.localhost" }));
  await until(() => roomAt(b, room), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  const adminOfB = b.server.person("admin", "b");
  await adminOfB.signIn();
  const fetch = async (limit: number, headers = {}) =>
    assertOk(await adminOfB.post(`/v1/admin/rooms/${room}/federation/backfill`, { limit }, headers)).data as Record<
      string,
      unknown
    >;
  const headers = { "idempotency-key": "k-1" };
  const first = await fetch(20, headers);
  assert.deepEqual(await fetch(20, headers), first, "a repeat fetches nothing more (AP6)");
  assert.deepEqual([first["fetched"], first["stored"], first["rejected"], first["has_more"]], [20, 20, 0, true]);
  const rest = await fetch(1000);
  assert.deepEqual([rest["rejected"], rest["oldest_position"], rest["has_more"]], [0, 1, false]);
  assert.deepEqual(await fetch(1000), { ...rest, fetched: 0, stored: 0 });
  assert.deepEqual(await bodiesOf(bob, room), said);
  await sound(a, b);
});
