import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  attachStrace,
  ChildServer,
  freshSeed,
  injecting,
  launch,
  NO_STRACE,
  Random,
  rounds,
  underStrace,
} from "@stairwell/testing";
import { tempFolder } from "../support/store.ts";
import { assertKept, assertSoundFolder, assertStarts } from "./journal.ts";
import { Load } from "./load.ts";
import { makeLongLog } from "./long-log.ts";

/** The calls by which a starting server changes its folder. */
const STEPS = ["pwrite64", "fsync", "fdatasync", "ftruncate", "link", "unlink"];

/** How often a whole first start makes each of them. */
async function stepsOfStart(t: TestContext): Promise<{ call: string; nth: number }[]> {
  const [data, trace] = [tempFolder(t), join(tempFolder(t), "trace")];
  const server = launch(data, { under: underStrace(["-o", trace, "-e", `trace=${STEPS.join(",")}`]) });
  await server.url;
  await server.kill("SIGKILL");
  const counts = new Map<string, number>();
  const steps = [];
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    steps.push({ call, nth });
  }
  return steps;
}

test(
  "a first start that dies at any of its writes and syncs is made good by the next one",
  { skip: NO_STRACE },
  async (t) => {
    const seed = freshSeed();
    const all = await stepsOfStart(t);
    // All of them in the long run, some otherwise, others each time.
    const steps = new Random(seed).shuffled(all).slice(0, rounds(all.length, 12));
    for (const { call, nth } of steps) {
      const context = `seed ${seed}: ${call} ${nth}`;
      const data = tempFolder(t);
      const killing = injecting(`${call}:signal=SIGKILL:when=${nth}`);
      const end = await launch(data, { under: underStrace(["-o", "/dev/null", ...killing]) }).ended;
      assert.equal(end.signal, "SIGKILL", context);
      await assertStarts(t, data, context);
    }
    t.diagnostic(`seed ${seed}: died at ${steps.length} of ${all.length} steps`);
  },
);

test(
  "a server that dies at a write or sync of the move of its log keeps every acknowledged event",
  { skip: NO_STRACE },
  async (t) => {
    const seed = freshSeed();
    const random = new Random(seed);
    const store = await makeLongLog(t);
    for (let round = 0; round < rounds(40, 3); round++) {
      const data = store.copy();
      const server = await ChildServer.start(t, { data });
      // The file takes over a thousand pages and more at a time; its sync comes at their end.
      const step = random.chance(0.2)
        ? "fsync,fdatasync:signal=SIGKILL:when=1"
        : `pwrite64:signal=SIGKILL:when=${random.int(1, 3000)}`;
      const context = `seed ${seed}, round ${round}: ${step}`;
      // With the thread that moves it, which begins when there is something to move.
      await attachStrace(server.pid, ["-f", "-o", "/dev/null", ...injecting(step, [join(data, "stairwell.db")])]);
      const load = new Load(server, store.rooms, random, { longest: 60_000 });
      await load.run(64);
      assert.equal((await server.ended).signal, "SIGKILL", context);
      await server.startAgain();
      await assertKept(server, store.rooms, load.attempts);
      await assertSoundFolder(data);
      await server.kill("SIGKILL");
      rmSync(data, { recursive: true });
    }
    t.diagnostic(`seed ${seed}`);
  },
);
