import { setTimeout as wait } from "node:timers/promises";
import type { Pair, Stand } from "../contenders/stand.ts";
import type { ServerProcess } from "../contenders/server-process.ts";
import { memoryMB } from "../measure/process-usage.ts";
import type { Line } from "../report/report.ts";
import { absolute } from "../report/verdict.ts";
import { checkWholeLog } from "../verify/whole-log.ts";
import { prepareMessages, prepareRooms } from "./prepare.ts";
import { bareSample, lineOf, pairOf, SIDES, takeTurns } from "./rounds.ts";
import type { Workload } from "./workload.ts";

/** After the first 200 of /readyz: long enough for a server to see that it is quiet, and to give back what the start has left. */
const SETTLE_MS = 25_000;

interface Start {
  readyMs: number;
  rss: number;
  pss: number;
  faults: string[];
}

/** From the start of the process to ready, on an empty folder and on a full one; memory when idle then. */
export const w10Start: Workload = {
  id: "W10",
  title: "start to ready, idle memory",
  async run(stand, { rounds, long }) {
    const events = long ? 1_000_000 : 100_000;
    const full: Pair<FullFolder> = {
      subject: await prepareFull(stand, "subject", events),
      floor: await prepareFull(stand, "floor", events),
    };
    const starts = await takeTurns(SIDES, rounds, async (role) => ({
      empty: await startOnce(stand, role, await stand.freshFolder(), async () => []),
      full: await startOnce(stand, role, full[role].folder, full[role].check),
    }));

    const line = (kind: "empty" | "full", name: string, unit: string, pick: (start: Start) => number): Line => {
      const samples = pairOf(starts, (start) => bareSample(pick(start[kind]), start[kind].faults));
      return lineOf(`${name}, ${kind === "empty" ? "empty" : `${events} events`}`, unit, samples);
    };
    const ready = (["empty", "full"] as const).map((kind) => line(kind, "start to ready", "ms", (s) => s.readyMs));
    const rss = (["empty", "full"] as const).map((kind) => line(kind, "idle RSS", "MB", (s) => s.rss));
    const pss = (["empty", "full"] as const).map((kind) => line(kind, "idle PSS", "MB", (s) => s.pss));
    return {
      id: this.id,
      title: this.title,
      lines: [...ready, ...rss, ...pss],
      verdicts: [
        absolute(ready[0]!, { wanted: "at most", bar: 1000, aim: 300 }),
        absolute(ready[1]!, { wanted: "at most", bar: 2000, aim: 500 }),
        ...rss.map((memory) => absolute(memory, { wanted: "at most", bar: 120, aim: 90 })),
      ],
      notes: [
        `memory ${SETTLE_MS / 1000} s after ready, judged by RSS, Node's own program text included`,
        "an empty start also makes the store",
        ...(long ? [] : ["the bar of 2 s is for 1,000,000 events: --long"]),
      ],
    };
  },
};

interface FullFolder {
  folder: string;
  /** Looks whether a later start still has every event. */
  check: (served: ServerProcess) => Promise<string[]>;
}

/** A stopped folder with one room of `events` messages. */
async function prepareFull(stand: Stand, role: keyof Pair, events: number): Promise<FullFolder> {
  const instance = await stand.open(role, 1);
  const token = instance.tokens[0]!;
  const [roomId] = (await prepareRooms(stand.load, instance, [token], "group")) as [string];
  await prepareMessages(stand.load, instance, roomId, [token], events);
  await stand.stop(instance);
  return { folder: instance.folder, check: ({ address }) => checkWholeLog(address, token, roomId, events) };
}

async function startOnce(
  stand: Stand,
  role: keyof Pair,
  folder: string,
  check: (served: ServerProcess) => Promise<string[]>,
): Promise<Start> {
  const served = await stand.serve(role, folder);
  await wait(SETTLE_MS);
  const { rss, pss } = memoryMB(served.pid);
  const faults = await check(served);
  await stand.stop(served);
  return { readyMs: served.readyMs, rss, pss, faults };
}
