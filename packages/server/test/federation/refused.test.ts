import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, StreamClient } from "@stairwell/testing";
import { attached } from "../stream/poller.ts";
import { BOB, idOf, pair, say, shared } from "./pair.ts";
import { settled, until } from "./settle.ts";

interface Told {
  id: string;
  room_id: string;
  state: string;
  content?: unknown;
  error?: { code: string; message: string };
}

async function pendingOf(person: Person): Promise<Told[]> {
  return assertOk(await person.get("/v1/me/pending")).data as Told[];
}

test("FD13 I29 whoever was away when what they said was refused learns it from the next stream, and by asking", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const bobAtA = await idOf(ann, room, BOB);
  const stream = await StreamClient.open(t, bob);
  const seen = await say(ann, room, "seen");
  const cursor = String((await stream.find((frame) => frame["id"] === seen))["cursor"]);
  await stream.cut();
  // Nobody of b is left there then: the room is none of theirs. Nobody can speak with the other: what bob says is kept, and a ban at the hub does not come.
  const [toA, toB] = [world.hosts.get(a.name)!, world.hosts.get(b.name)!];
  for (const { name } of [a, b]) world.hosts.set(name, "http://127.0.0.1:1");
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: bobAtA }));
  const content = { body: "too late" };
  const kept = await bob.post(`/v1/rooms/${room}/send`, { content });
  assert.equal(kept.status, 202);
  const { id } = kept.data as { id: string };
  assert.deepEqual(
    (await pendingOf(bob)).map((each) => [each.id, each.room_id, each.state, each.content]),
    [[id, room, "pending", content]],
  );
  world.hosts.set(a.name, toA);
  const refused = await until(async () => {
    const [told] = await pendingOf(bob);
    return told?.state === "refused" ? told : undefined;
  }, "the refusal");
  assert.deepEqual([refused.id, refused.room_id, refused.error?.code], [id, room, "SW_ROOM_NOT_FOUND"]);
  assert.equal(refused.content, undefined);
  const resumed = await StreamClient.open(t, bob, { since: cursor });
  const frame = await resumed.find("refused");
  assert.deepEqual([frame["id"], frame["room_id"]], [id, room]);
  const after = await StreamClient.open(t, bob);
  world.hosts.set(b.name, toB);
  await settled([a, b], room);
  await after.find("swp.room.member");
  assert.deepEqual(
    after.frames.filter(({ type }) => type === "refused"),
    [],
  );
  assert.deepEqual(await pendingOf(ann), []);
});

test("FD13 what was refused in the answer itself is not told again", async (t) => {
  const all = await pair(t);
  const { world, b, ann, bob } = all;
  const room = await shared(all);
  const bobAtA = await idOf(ann, room, BOB);
  const toB = world.hosts.get(b.name)!;
  world.hosts.set(b.name, "http://127.0.0.1:1");
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: bobAtA }));
  assertRefused(await bob.post(`/v1/rooms/${room}/send`, { content: { body: "no" } }), 404, "SW_ROOM_NOT_FOUND");
  await until(async () => ((await pendingOf(bob)).length === 0 ? true : undefined), "the end of the note");
  world.hosts.set(b.name, toB);
});

test("FD13 ST4 I29 whoever only polls learns what was refused: while they wait, and when they were away, and does not come back at once for it", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const other = await bob.roomWith([], { name: "Bob's own" });
  await settled([a, b], room);
  const bobAtA = await idOf(ann, room, BOB);
  interface Synced {
    events: unknown[];
    next_cursor: string;
    refused?: { id: string; room_id: string; error: { code: string } }[];
  }
  const poll = async (since: string | undefined, timeout: number): Promise<Synced> =>
    assertOk(await bob.get(`/v1/sync?timeout=${timeout}${since === undefined ? "" : `&since=${since}`}`))
      .data as Synced;
  const { next_cursor: away } = await poll(undefined, 0);
  // What comes of another room meanwhile moves the cursor, and not past what is refused.
  await say(bob, other, "meanwhile");
  const { next_cursor: since } = await poll(away, 0);
  const toA = world.hosts.get(a.name)!;
  for (const { name } of [a, b]) world.hosts.set(name, "http://127.0.0.1:1");
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: bobAtA }));
  const kept = await bob.post(`/v1/rooms/${room}/send`, { content: { body: "too late" } });
  assert.equal(kept.status, 202);
  const { id } = kept.data as { id: string };
  const waiting = poll(since, 60_000);
  await attached(bob, bob);
  world.hosts.set(a.name, toA);
  const woken = await waiting;
  assert.deepEqual(
    woken.refused?.map((each) => [each.id, each.room_id, each.error.code]),
    [[id, room, "SW_ROOM_NOT_FOUND"]],
  );
  // Whoever was away for longer has it at once, whoever comes back for more waits, and has it once more at the most.
  const late = await poll(away, 60_000);
  assert.deepEqual([late.events.length, late.refused?.map((each) => each.id)], [1, [id]]);
  const next = poll(woken.next_cursor, 60_000);
  await say(bob, other, "and on");
  const { events, next_cursor } = await next;
  assert.equal(events.length, 1);
  assert.equal((await poll(next_cursor, 0)).refused, undefined);
});
