import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { test, type TestContext } from "node:test";
import {
  assertOk,
  freshSeed,
  type Frame,
  type Person,
  Random,
  rounds,
  StreamClient,
  TestServer,
} from "@stairwell/testing";
import { tempFolder } from "../support/store.ts";

const bodies = (events: readonly Frame[]): unknown[] => events.map(({ content }) => content.body).filter(Boolean);

/** What a cursor brings: the bodies that follow it, by both doors alike; undefined for a reset. */
async function after(t: TestContext, person: Person, since: string): Promise<unknown[] | undefined> {
  const stream = await StreamClient.open(t, person, { since });
  await stream.settled();
  await stream.cut();
  const polled = assertOk(await person.get(`/v1/sync?since=${since}&timeout=0&limit=500`)).data;
  const isReset = stream.frames[1]?.type === "reset";
  assert.equal(polled.reset, isReset ? true : undefined);
  assert.deepEqual(bodies(polled.events), bodies(stream.events));
  return isReset ? undefined : bodies(stream.events);
}

test("ST3 a cursor of what a restored copy of the store does not have is a reset, whatever was sent since", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < rounds(30); round++) {
    const data = tempFolder(t);
    const copy = tempFolder(t);
    const [kept, lost, anew] = [random.int(1, 6), random.int(1, 6), random.int(0, 12)];
    const server = await TestServer.start(t, { data });
    const [alice, bob] = await server.people("alice", "bob");
    // Bob is in one of the rooms: many of the events are not due to him.
    const rooms = [await alice.roomWith([bob]), await alice.roomWith([])];
    const say = async (speaker: Person, name: string, count: number): Promise<string[]> => {
      const due: string[] = [];
      for (let i = 0; i < count; i++) {
        const room = random.pick(rooms);
        await speaker.say(room, `${name} ${i}`);
        if (room === rooms[0]) due.push(`${name} ${i}`);
      }
      return due;
    };
    const cursors: { since: string; wasHeard: number; isKept: boolean }[] = [];
    const note = async (person: Person, wasHeard: number, isKept: boolean): Promise<void> => {
      cursors.push({ since: assertOk(await person.get("/v1/sync")).data.next_cursor, wasHeard, isKept });
    };
    const due: string[] = [];
    for (let i = 0; i < kept; i++) {
      due.push(...(await say(alice, `kept ${i}`, 1)));
      await note(bob, due.length, true);
    }
    await server.stop();
    cpSync(data, copy, { recursive: true });

    const original = await TestServer.start(t, { data });
    const [speaker, listener] = await original.people("alice", "bob");
    for (let i = 0; i < lost; i++) {
      await say(speaker, `lost ${i}`, 1);
      await note(listener, 0, false);
    }
    await original.stop();

    const restored = await TestServer.start(t, { data: copy });
    const [again, back] = await restored.people("alice", "bob");
    due.push(...(await say(again, "anew", anew)));
    for (const { since, wasHeard, isKept } of cursors) {
      const expected = isKept ? due.slice(wasHeard) : undefined;
      assert.deepEqual(
        await after(t, back, since),
        expected,
        `seed ${seed}, round ${round}, ${JSON.stringify({ kept, lost, anew, since })}`,
      );
    }
    await restored.stop();
  }
});

test("ST3 a cursor from before the first event is good in the tenant it is of, and in no other", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const eve = await server.person("eve", "other").signIn();
  const [since, foreign] = [await StreamClient.open(t, alice), await StreamClient.open(t, eve)].map(
    ({ cursor }) => cursor,
  );
  assert.notEqual(since, foreign);
  const room = await alice.roomWith([]);
  await alice.say(room, "first");
  assert.deepEqual(await after(t, alice, since!), ["first"]);
  assert.equal(await after(t, alice, foreign!), undefined);
});
