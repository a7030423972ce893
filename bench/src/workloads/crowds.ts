import type { Instance, Pair, Stand } from "../contenders/stand.ts";
import type { Seated } from "../load/load-process.ts";
import type { CrowdOutcome, CrowdPlan } from "../load/stream/plan.ts";
import { observe } from "../measure/observe.ts";
import type { Sample } from "../report/report.ts";
import type { SentLedger } from "../verify/sent-ledger.ts";
import { prepareHalls } from "./halls.ts";
import { cpuMicros } from "./rounds.ts";

/** People of one instance at their streams, room by room. */
export interface Gathering {
  instance: Instance;
  seated: Seated;
  /** Reads back what was acknowledged; null for a limit, which stores nothing. */
  ledger: SentLedger | null;
}

/** Halls with everybody at their stream. */
export async function gather(stand: Stand, role: keyof Pair, rooms: number, members: number): Promise<Gathering> {
  const { instance, rooms: opened, ledger, seats } = await prepareHalls(stand, role, rooms, members);
  const crowd = { rooms: opened.map(({ id }, room) => ({ id, head: ledger.heads[room]! })), seats };
  return { instance, ledger, seated: await stand.load.seat(instance.address, crowd) };
}

/** One run of a gathering, seen from both ends. */
export interface Played {
  sends: Sample;
  deliveries: Sample;
  /** Markers moved. */
  reads: Sample;
}

/** Plays a plan and checks it: each due delivery once and in order, each acknowledged send stored once. */
export async function play({ instance, seated, ledger }: Gathering, plan: CrowdPlan): Promise<Played> {
  const { result, surroundings } = await observe(instance, () => seated.run(plan));
  const faults = [...result.faults, ...((await ledger?.check(result.receipts)) ?? [])];
  const sample = (count: number, { p50, p99 }: CrowdOutcome["sending"]): Sample => ({
    figure: count / result.seconds,
    p50Ms: p50,
    p99Ms: p99,
    cpuMicrosPerUnit: cpuMicros(surroundings.serverCpuSeconds, count),
    surroundings,
    faults,
  });
  return {
    sends: sample(result.sends, result.sending),
    deliveries: sample(result.deliveries, result.delivery),
    reads: sample(result.reads, result.reading),
  };
}

/** Plays once before anything is measured; throws on any fault. */
export async function warmUp(gathering: Gathering, plan: CrowdPlan): Promise<void> {
  const [fault] = (await play(gathering, plan)).sends.faults;
  if (fault !== undefined) throw new Error(`warming up: ${fault}`);
}
