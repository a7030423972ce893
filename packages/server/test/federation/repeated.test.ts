import assert from "node:assert/strict";
import { test } from "node:test";
import { atOnce } from "@stairwell/testing";
import { send } from "./evil-peer.ts";
import { propose, results, SEND } from "./evil-room.ts";
import { hubStage, replicaStage, said, trapped } from "./evil-stage.ts";
import { headAt, sound } from "./settle.ts";
import type { Home, World } from "./world.ts";

async function again(world: World, home: Home): Promise<void> {
  await home.server.stop();
  await world.startAgain(home);
}

test("FIN-45 FIN-15 what a server proposed stands once and is answered alike, at once, after a restart and in another order", async (t) => {
  const { world, home, evil, room } = await hubStage(t);
  const items = Array.from({ length: 10 }, (_, i) => propose(evil, room, said(`said ${i}`)));
  const body = JSON.stringify({ items: [] });
  const request = evil.sign(home.name, "POST", SEND, body);
  assert.equal((await send(home.server.url, "POST", SEND, request, body)).status, 200);
  const first = await results(evil, home, items);
  assert.ok(first.every(({ status }) => status === "sequenced"));
  const head = await headAt(home, room);
  for (let round = 0; round < 2; round++) {
    if (round > 0) {
      await again(world, home);
      // The very same request is refused by whoever runs now, too.
      assert.equal((await send(home.server.url, "POST", SEND, request, body)).status, 401);
    }
    for (const told of await atOnce(10, () => results(evil, home, items))) assert.deepEqual(told, first);
    assert.deepEqual((await results(evil, home, items.toReversed())).toReversed(), first);
    assert.equal(await headAt(home, room), head);
  }
  const bodies = (await home.server.person("ann", "home").history(room)).map(({ content }) => content?.body);
  assert.deepEqual(
    bodies.filter((each) => each !== undefined),
    items.map((_, i) => `said ${i}`),
  );
  await sound(home);
});

test("FIN-45 what a hub delivers stands once and is answered alike, at once, after a restart and in another order", async (t) => {
  const all = await replicaStage(t);
  const { world, home } = all;
  const room = await trapped(all);
  // Of one request that comes many times at once one is taken, in the same write as what it tells; none after it.
  const body = JSON.stringify({ items: room.deliver([room.message("first of all")]) });
  const request = all.evil.sign(home.name, "POST", SEND, body);
  const copies = () => atOnce(10, () => send(home.server.url, "POST", SEND, request, body));
  const statuses = (await copies()).map(({ status }) => status).sort((x, y) => x - y);
  assert.deepEqual(statuses, [200, ...Array<number>(9).fill(401)]);
  const events = Array.from({ length: 10 }, (_, i) => room.message(`said ${i}`));
  const runs = [events.slice(0, 4), events.slice(4)].map((run) => room.deliver(run));
  const last = { status: "confirmed", position: events.at(-1)!.envelope.position };
  assert.deepEqual((await results(all.evil, home, runs.flat())).at(-1), last);
  for (let round = 0; round < 2; round++) {
    if (round > 0) await again(world, home);
    assert.ok((await copies()).every(({ status }) => status === 401));
    for (const told of await atOnce(10, () => results(all.evil, home, runs.flat()))) {
      assert.ok(told.every((result) => JSON.stringify(result) === JSON.stringify(last)));
    }
    const turned = await results(all.evil, home, runs.toReversed().flat());
    assert.ok(turned.every((result) => JSON.stringify(result) === JSON.stringify(last)));
    assert.equal(await headAt(home, room.id), events.at(-1)!.hash);
  }
  const ann = home.server.person("ann", "home");
  assert.equal((await ann.history(room.id)).filter(({ content }) => content?.body !== undefined).length, 11);
  await sound(home);
});

test("FIN-15 FD2 a request that tells what is known is taken once, and one of which nothing is taken as well", async (t) => {
  const all = await replicaStage(t);
  const { home, evil } = all;
  const room = await trapped(all);
  const known = room.deliver([room.message("once")]);
  assert.equal((await results(evil, home, known))[0]!.status, "confirmed");
  const foreign = room.deliver([room.message("in no room")]).map((item) => JSON.parse(JSON.stringify(item)));
  foreign[0].event.envelope.room_id = foreign[0].head.room_id = "room-nowhere";
  for (const items of [known, foreign, [], [{ type: "event" }]]) {
    const body = JSON.stringify({ items });
    const request = evil.sign(home.name, "POST", SEND, body);
    const told = [];
    for (let i = 0; i < 3; i++) told.push((await send(home.server.url, "POST", SEND, request, body)).status);
    assert.deepEqual(told, [200, 401, 401], JSON.stringify(items));
  }
  const broken = evil.sign(home.name, "POST", SEND, "{");
  const told = [];
  for (let i = 0; i < 2; i++) told.push((await send(home.server.url, "POST", SEND, broken, "{")).status);
  assert.deepEqual(told, [400, 401]);
});

test("FD2 FIN-15 what is refused since its server is denied is not done when it comes again, the denial over, nor after a restart", async (t) => {
  const { world, home, evil, room } = await hubStage(t);
  const before = await headAt(home, room);
  const item = propose(evil, room, said("not now"));
  const body = JSON.stringify({ items: [item] });
  const request = evil.sign(home.name, "POST", SEND, body);
  const ask = () => send(home.server.url, "POST", SEND, request, body);
  await home.setPolicy({ denied_peers: [evil.name] });
  const told = await ask();
  assert.deepEqual([told.status, told.body.error?.code], [403, "SW_FED_POLICY"]);
  await home.setPolicy({ denied_peers: [] });
  assert.equal((await ask()).status, 401);
  await again(world, home);
  assert.equal((await ask()).status, 401);
  assert.equal(await headAt(home, room), before);
  // Whoever asks anew is heard.
  assert.equal((await results(evil, home, [item]))[0]!.status, "sequenced");
});

test("FD2 what somebody else signed with a denied server's name takes nothing of what that server asks", async (t) => {
  const { home, evil, stranger, room } = await hubStage(t);
  const body = JSON.stringify({ items: [propose(evil, room, said("mine"))] });
  const request = evil.sign(home.name, "POST", SEND, body);
  const signature = request.indexOf("Signature") + 1;
  assert.notEqual(signature, 0);
  const forged = request.with(signature, stranger.sign(home.name, "POST", SEND, body)[signature]!);
  await home.setPolicy({ denied_peers: [evil.name] });
  assert.equal((await send(home.server.url, "POST", SEND, forged, body)).status, 403);
  await home.setPolicy({ denied_peers: [] });
  assert.equal((await send(home.server.url, "POST", SEND, request, body)).status, 200);
});
