import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultProxy, StreamClient } from "@stairwell/testing";
import { propose, results } from "./evil-room.ts";
import { ANN, hubStage, MALLORY, member, said } from "./evil-stage.ts";
import { bodiesOf, pair, say, shared } from "./pair.ts";
import { settled, sound, until } from "./settle.ts";

/** Next to nothing in the time of a test. */
const NO_MORE = 0.0001;

test("FD22 somebody of another server who says more than the hub's send_rate is put off, in order, and nobody else is", async (t) => {
  const { home, evil, ann, room } = await hubStage(t);
  await home.server.setLimits({ send_rate: { per_second: NO_MORE, burst: 5 } }, "home");
  const texts = Array.from({ length: 8 }, (_, n) => `say ${n}`);
  const items = texts.map((text) => propose(evil, room, said(text)));
  const statuses = async (all: readonly unknown[]) => (await results(evil, home, all)).map(({ status }) => status);
  // What is refused costs as much as what is not.
  const kick = propose(evil, room, member(ANN, "leave", { cause: "kicked" }));
  assert.deepEqual(await statuses([kick]), ["refused"]);
  const expected = [...Array.from({ length: 4 }, () => "sequenced"), ...Array.from({ length: 4 }, () => "retry")];
  assert.deepEqual(await statuses(items), expected);
  // A repeat costs nothing, and gains nothing.
  assert.deepEqual(await statuses(items), expected);
  // What comes after what must wait does too, whatever it would be answered by itself.
  assert.deepEqual(await statuses([items[4], items[0]]), ["retry", "retry"]);
  assert.deepEqual(await bodiesOf(ann, room), texts.slice(0, 4));
  await say(ann, room, "ann is another");
  await home.server.liftLimits("home");
  assert.deepEqual(
    await statuses(items),
    items.map(() => "sequenced"),
  );
  assert.deepEqual(await bodiesOf(ann, room), [...texts.slice(0, 4), "ann is another", ...texts.slice(4)]);
});

test("FD22 FD13 people of other servers get what they said into the room, in order, at the pace that its hub allows", async (t) => {
  const both = await pair(t);
  const { a, b, ann, bob } = both;
  const room = await shared(both);
  await b.server.liftLimits("b");
  await a.server.setLimits({ send_rate: { per_second: 20, burst: 3 } }, "a");
  const texts = Array.from({ length: 10 }, (_, n) => `say ${n}`);
  for (const text of texts) await say(bob, room, text);
  await until(async () => ((await bodiesOf(ann, room)).length === texts.length ? true : undefined), "all of it");
  assert.deepEqual(await bodiesOf(ann, room), texts);
  await settled([a, b], room);
  await sound(a, b);
});

test("FD22 FD16 what was said while its hub was away goes there some at a time, and none of it waits ever longer", async (t) => {
  const both = await pair(t);
  const { world, a, b, ann, bob } = both;
  const room = await shared(both);
  await b.server.liftLimits("b");
  // Never as much at once as a request has.
  await a.server.setLimits({ send_rate: { per_second: 20, burst: 2 } }, "a");
  const toA = await FaultProxy.start(t, a.server.url);
  world.hosts.set(a.name, toA.url);
  toA.fault = "down";
  const texts = Array.from({ length: 18 }, (_, n) => `say ${n}`);
  for (const text of texts) await say(bob, room, text);
  toA.fault = undefined;
  await until(async () => ((await bodiesOf(ann, room)).length === texts.length ? true : undefined), "all of it");
  assert.deepEqual(await bodiesOf(ann, room), texts);
});

test("FD22 ST5 somebody of another server is seen typing as often as somebody of ours may be, whatever their server says", async (t) => {
  const { home, evil, ann, room } = await hubStage(t);
  // The last that is shown says that she does not: nothing is to be cleared after a while.
  await home.server.setLimits({ send_rate: { per_second: NO_MORE, burst: 4 } }, "home");
  const stream = await StreamClient.open(t, ann);
  const items = Array.from({ length: 50 }, (_, i) => {
    return { type: "typing", room_id: room, participant: MALLORY, typing: i % 2 === 0 };
  });
  for (const { status } of await results(evil, home, items)) assert.equal(status, "ok");
  const last = await say(ann, room, "enough");
  await stream.find(({ id }) => id === last);
  assert.equal(stream.frames.filter(({ type }) => type === "typing").length, 4);
});
