import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Person } from "@stairwell/testing";
import { cursorText } from "../../src/stream/cursor.ts";
import { Outlets } from "../../src/stream/outlet.ts";
import { Session } from "../../src/stream/session.ts";
import { hubOn } from "./hub-on.ts";

type HubOn = Awaited<ReturnType<typeof hubOn>>;

/** A session on a socket that takes everything, with the bodies of the events that went out. */
async function sessionOf({ hub, identities, watched, whoIs }: HubOn, person: Person) {
  const who = await whoIs(person);
  const sent: string[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      for (const [, body] of chunk.toString().matchAll(/"body":"(\w+?)(?:_+)?"/g)) sent.push(body!);
      done();
    },
  });
  const actor = { tenant: { ...who, serverName: "dev.localhost" }, ...who } as never;
  const ws = { close: () => assert.fail("the stream was ended") } as never;
  const parts = { db: watched.store, hub, identities, outlets: new Outlets(), metrics: { ended() {} }, now: () => 0 };
  const session = new Session(parts, { id: "s", actor, credential: "c", ws, socket });
  return { session, sent };
}

/** A room with a listener, and a cursor before its first message. */
async function scene(t: TestContext) {
  const on = await hubOn(t);
  const [alice, bob] = on.people;
  const room = await alice.roomWith([bob]);
  const last = (await on.eventsOf(room)).at(-1)!;
  const { session, sent } = await sessionOf(on, bob);
  return { ...on, alice, room, position: last.position, session, sent, since: cursorText(last) };
}

test("ST3 what a stream had from the rows does not come again when the hub hears of it late", async (t) => {
  const { alice, room, position, session, sent, since, commit } = await scene(t);
  for (const body of ["one", "two"]) await alice.say(room, body);
  await session.open(since);
  await turn();
  assert.deepEqual(sent, ["one", "two"]);
  await commit(room, position);
  assert.deepEqual(sent, ["one", "two"]);
  await alice.say(room, "three");
  await commit(room, position + 2);
  assert.deepEqual(sent, ["one", "two", "three"]);
});

test("ST3 what is committed while history is read follows it once, however the hub hears of it", async (t) => {
  for (const told of ["all", "the new"]) {
    const { alice, room, position, session, sent, since, commit, watched } = await scene(t);
    for (const body of ["one", "two"]) await alice.say(room, body);
    let snapshots = 0;
    watched.afterSnapshot = async () => {
      // The listener's rows, the cursor, and then history.
      if (++snapshots !== 3) return;
      await alice.say(room, "three");
      await commit(room, told === "the new" ? position + 2 : position);
    };
    await session.open(since);
    await turn();
    assert.deepEqual(sent, ["one", "two", "three"], told);
    await alice.say(room, "four");
    await commit(room, position + 3);
    assert.deepEqual(sent, ["one", "two", "three", "four"], told);
  }
});

test("ST3 when more is committed meanwhile than is held, it is read from the rows", async (t) => {
  const { alice, room, position, session, sent, since, commit, watched } = await scene(t);
  await alice.say(room, "one");
  let snapshots = 0;
  const bodies = ["two", "three", "four", "five", "six", "seven"];
  watched.afterSnapshot = async () => {
    if (++snapshots !== 3) return;
    for (const body of bodies) await alice.say(room, body + "_".repeat(60_000));
    await commit(room, position + 1);
  };
  await session.open(since);
  await turn();
  assert.equal(snapshots, 4);
  assert.deepEqual(sent, ["one", ...bodies]);
  await alice.say(room, "eight");
  await commit(room, position + 7);
  assert.deepEqual(sent, ["one", ...bodies, "eight"]);
});
