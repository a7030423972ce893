import assert from "node:assert/strict";
import { test } from "node:test";
import { ChildServer, freshSeed, Random, rounds } from "@stairwell/testing";
import { assertKept, assertSoundFolder } from "./journal.ts";
import { Load, openRooms, sendAgain } from "./load.ts";

const WRITERS = 64;
/** So many crashes of one store; then a new one, which keeps the check of the whole store short. */
const CRASHES_A_STORE = 10;

test("a server that is killed under load keeps every acknowledged event once, at its place, and nothing torn", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const figures = { crashes: 0, acked: 0, unanswered: 0, ofThoseKept: 0, slowestStart: 0, mostEvents: 0 };
  for (let left = rounds(100); left > 0; left -= CRASHES_A_STORE) {
    const server = await ChildServer.start(t, { withoutLimits: true });
    const loads: { load: Load; rooms: string[] }[] = [];
    for (let crash = 0; crash < Math.min(left, CRASHES_A_STORE); crash++) {
      const context = `seed ${seed}, crash ${figures.crashes}`;
      const rooms = await openRooms(server);
      const load = new Load(server, rooms, random, { name: `${figures.crashes}` });
      const running = load.run(WRITERS);
      // The moment of the crash is what is random here; some crash while they stop in good order.
      setTimeout(
        () => {
          if (random.chance(0.2)) process.kill(server.pid, "SIGTERM");
          void server.kill("SIGKILL");
        },
        random.int(1, 500),
      );
      await running;
      const end = await server.ended;
      assert.deepEqual([end.signal, end.messages], ["SIGKILL", ""], context);

      await server.startAgain();
      figures.slowestStart = Math.max(figures.slowestStart, server.startMs);
      figures.ofThoseKept += await assertKept(server, rooms, load.attempts);
      figures.acked += load.acked.length;
      figures.unanswered += load.attempts.length - load.acked.length;
      // Whoever got no answer asks again, and the message stands once, whether it was kept or not.
      await sendAgain(server, load.attempts);
      assert.equal(await assertKept(server, rooms, load.attempts), 0);
      loads.push({ load, rooms });
      figures.crashes++;
    }
    // Later crashes harmed nothing that was written before them.
    for (const { load, rooms } of loads) await assertKept(server, rooms, load.attempts);
    const { events } = await assertSoundFolder(server.data);
    figures.mostEvents = Math.max(figures.mostEvents, events);
    assert.equal((await server.kill("SIGTERM")).code, 0);
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(figures)}`);
  assert(figures.acked > 0);
});
