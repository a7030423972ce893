import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import type { Receiver } from "../../src/stream/listener.ts";
import { hubOn } from "./hub-on.ts";

/** Takes frames and keeps them. */
class Ear implements Receiver {
  readonly frames: Buffer[] = [];
  failed = 0;

  event(_seq: number, frame: Buffer): void {
    this.frames.push(frame);
  }

  note(): void {}

  fail(): void {
    this.failed++;
  }
}

test("ST1 an event is encoded once, and the same bytes go to all who receive it", async (t) => {
  const { people, hub, whoIs, commit } = await hubOn(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const { stream_position: joined } = (await alice.history(room)).at(-1);
  const ears = [new Ear(), new Ear(), new Ear()];
  await hub.attach(await whoIs(alice), ears[0]!);
  await hub.attach(await whoIs(bob), ears[1]!);
  await hub.attach(await whoIs(bob), ears[2]!);
  for (const body of ["one", "two", "three"]) await alice.say(room, body);
  await commit(room, joined);
  const [first, ...others] = ears.map(({ frames }) => frames);
  assert.equal(first!.length, 3);
  for (const frames of others) first!.forEach((frame, i) => assert.equal(frames[i], frame, "another Buffer"));
});

test("an event that nobody is there for is not read, encoded or looked at", async (t) => {
  const { people, hub, watched, whoIs, commit } = await hubOn(t);
  const [alice, bob, carol] = people;
  const room = await alice.roomWith([bob]);
  const ear = new Ear();
  await hub.attach(await whoIs(carol), ear);
  const { stream_position: joined } = (await alice.history(room)).at(-1);
  for (let i = 0; i < 20; i++) await alice.say(room, `${i}`);
  const before = watched.reads;
  assert.equal((await commit(room, joined)).length, 20);
  assert.deepEqual([watched.reads - before, ear.frames], [0, []]);
});

test("ST3 a fault in delivery ends everybody's stream, who come back whole, and the next event is delivered", async (t) => {
  const { people, hub, watched, faults, whoIs, commit } = await hubOn(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const ear = new Ear();
  const listener = await hub.attach(await whoIs(alice), ear);
  watched.isBroken = true;
  await commit(room);
  watched.isBroken = false;
  assert.deepEqual([ear.failed, faults.length, ear.frames.length], [1, 1, 0]);
  // One that has not gone yet must not share what it knows: it may be wrong.
  const again = new Ear();
  assert.notEqual(await hub.attach(await whoIs(alice), again), listener);
  hub.detach(listener, ear);
  await commit(room);
  assert.equal(again.frames.length, (await alice.history(room)).length);
});

test("ST2 a person's rooms are right, whenever they were read and whatever the hub was told of by then", async (t) => {
  const { people, hub, whoIs, refOf, eventsOf } = await hubOn(t);
  const [alice, bob] = people;
  const who = await whoIs(bob);
  const seed = freshSeed();
  const random = new Random(seed);
  const room = await alice.roomWith([], { room_type: "public" });
  const ref = await refOf(room);
  for (let round = 0; round < rounds(200); round++) {
    const isIn = random.chance(0.5);
    const changes = random.int(1, 4);
    for (let i = 0; i < changes; i++) await bob.post(`/v1/rooms/${room}/${(i % 2 === 0) === isIn ? "join" : "leave"}`);
    const isMember = (await bob.get(`/v1/rooms/${room}`)).data.me?.membership === "join";
    const events = await eventsOf(room);
    // The rows are read while the hub is told of some of the changes in them; of the last ones it is told later.
    const [from, to] = [random.int(0, events.length), random.int(0, events.length)];
    const ear = new Ear();
    const attaching = hub.attach(who, ear);
    hub.committed(ref, events.slice(Math.min(from, to), Math.max(from, to)));
    const listener = await attaching;
    await turn();
    const place = `seed ${seed}, round ${round}`;
    assert.equal(listener.rooms.has(ref.roomNo), isMember, place);
    assert.equal(hub.inRoom(ref).has(listener), isMember, place);
    hub.committed(ref, events.slice(Math.max(from, to)));
    await turn();
    assert.equal(hub.inRoom(ref).has(listener), isMember, `${place}, later`);
    hub.detach(listener, ear);
  }
});
