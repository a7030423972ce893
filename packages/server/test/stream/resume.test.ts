import assert from "node:assert/strict";
import { test } from "node:test";
import { ChildServer, freshSeed, Random, rounds, StreamClient, Unanswered } from "@stairwell/testing";
import { Poller } from "./poller.ts";
import { ASK_AGAIN_MS, assertDue, dueTo, World } from "./world.ts";

const NAMES = ["p0", "p1", "p2", "p3", "p4", "p5"];
/** Reconnects a server lives through before it is killed. */
const RECONNECTS_A_LIFE = 20;

test("ST3 ST2 whoever reconnects at random, across kills of the server, hears each due event once and in order", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const figures = { reconnects: 0, kills: 0, polls: 0, acts: 0, delivered: 0 };
  t.diagnostic(`seed ${seed}`);
  const server = await ChildServer.start(t, { withoutLimits: true });
  const world = new World(server, random, NAMES);
  // A failure must not leave them acting.
  t.after(() => world.stop());
  await world.enter();
  const streams = await Promise.all(NAMES.map((name) => StreamClient.open(t, world.person(name))));
  const pollers = NAMES.slice(0, 2).map((name) => new Poller(world.person(name)));
  for (const poller of pollers) await poller.poll();
  await world.openRooms();
  const running = world.run(6);
  const polling = pollers.map((poller) => keepPolling(poller, () => !world.isOver, random));

  while (figures.reconnects < rounds(1000)) {
    const stream = random.pick(streams);
    await stream.cut();
    // Some come back at once, some have missed much.
    await world.pass(random.chance(0.5) ? 0 : random.int(1, 60));
    await stream.resume();
    figures.reconnects++;
    if (figures.reconnects % RECONNECTS_A_LIFE !== 0) continue;
    const ended = await server.kill("SIGKILL");
    assert.equal(ended.messages, "");
    figures.kills++;
    await server.startAgain();
    await world.enter();
    for (const [i, poller] of pollers.entries()) poller.person = world.person(NAMES[i]!);
    for (const [i, stream] of streams.entries()) {
      await stream.closed();
      stream.person = world.person(NAMES[i]!);
    }
    // Not all are there at once.
    await Promise.all(streams.map((one) => one.resume()));
    figures.reconnects += streams.length;
  }
  world.stop();
  await Promise.all([running, ...polling]);

  const histories = await world.histories();
  for (const [i, stream] of streams.entries()) {
    const { id } = stream.person;
    const due = histories.flatMap((history) => dueTo(id, history)).length;
    await stream.when(`all ${due} events`, () => stream.events.length >= due);
    await stream.settled();
    figures.delivered += assertDue(NAMES[i]!, id, stream.events, histories);
  }
  for (const poller of pollers) {
    while (await poller.poll({ timeout: 0 }));
    assertDue(poller.person.name, poller.person.id, poller.events, histories);
    figures.polls += poller.polls;
  }
  figures.acts = world.done;
  t.diagnostic(JSON.stringify(figures));
  assert((await server.kill("SIGTERM")).messages === "");
});

async function keepPolling(poller: Poller, goesOn: () => boolean, random: Random): Promise<void> {
  while (goesOn()) {
    try {
      await poller.poll({ limit: random.int(1, 20), timeout: random.int(0, 200) });
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
}
