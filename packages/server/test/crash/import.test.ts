import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertOk, ChildServer, freshSeed, Random, rounds } from "@stairwell/testing";
import { importing } from "../bundles/importing.ts";
import { countsIn, eventsOf, forgotten, LARGE_MEDIUM, largeBundle } from "./imports.ts";
import { assertSoundFolder } from "./journal.ts";

/** Enough for several slices. */
const MESSAGES = 1500;

test("BU14 a server that is killed while it imports has the whole room or nothing of it, and starts", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const bundles = [largeBundle(MESSAGES), largeBundle(MESSAGES, LARGE_MEDIUM)];
  const server = await ChildServer.start(t, { withoutLimits: true });
  const figures = { crashes: 0, answered: 0, whole: 0, absent: 0, cut: 0 };
  // However quick the machine is, some crashes come before the end and some after it.
  const longest: number[] = [];
  for (const bundle of bundles) {
    const started = performance.now();
    assertOk(await importing((await server.people("alice"))[0], bundle));
    longest.push(Math.ceil((performance.now() - started) * 1.5));
  }
  let rooms = bundles.length;
  for (let crash = 0; crash < rounds(200, 10); crash++) {
    const context = `seed ${seed}, crash ${crash}`;
    const [alice] = await server.people("alice");
    const which = random.int(0, bundles.length - 1);
    const asked = importing(alice, bundles[which]!).then(
      (answer) => assertOk(answer).status === 201,
      () => false,
    );
    // The moment of the crash is what is random here; half of them are while the log is written.
    const waiting = { isOver: false };
    void asked.then(() => (waiting.isOver = true));
    if (random.chance(0.5)) await begun(server, waiting);
    setTimeout(() => void server.kill("SIGKILL"), random.int(1, longest[which]!));
    const isAnswered = await asked;
    await server.ended;
    const left = await countsIn(server.data);
    figures.cut += left.unended;
    await server.startAgain();
    await forgotten(server);
    assert.deepEqual(readdirSync(join(server.data, "staging")), [], context);
    const { rooms: now, unended, events, media } = await countsIn(server.data);
    assert.equal(unended, 0, context);
    assert(now === rooms || now === rooms + 1, `${context}: ${now} rooms after ${rooms}`);
    if (isAnswered) assert.equal(now, rooms + 1, `${context}: an answer was lost`);
    // Every room is whole, and nothing is there that no room has.
    assert.equal(events, now * eventsOf(MESSAGES), context);
    assert.equal(media, now, context);
    figures.crashes++;
    figures.answered += Number(isAnswered);
    figures[now > rooms ? "whole" : "absent"]++;
    rooms = now;
  }
  await assertSoundFolder(server.data);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(figures)}`);
});

/** Waits until an import has written the beginning of its log; to look without a pause would hold the import up. */
async function begun(server: ChildServer, waiting: { readonly isOver: boolean }): Promise<void> {
  while (!waiting.isOver && (await countsIn(server.data)).unended === 0)
    await new Promise((resolve) => setTimeout(resolve, 2));
}
