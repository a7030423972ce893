import type { Instance, Pair, Stand } from "../contenders/stand.ts";
import type { Seated } from "../load/load-process.ts";
import type { CrowdOutcome, CrowdPlan } from "../load/stream/plan.ts";
import { observe } from "../measure/observe.ts";
import type { Sample } from "../report/report.ts";
import { SentLedger } from "../verify/sent-ledger.ts";
import { prepareMembers, prepareRooms } from "./prepare.ts";
import { cpuMicros } from "./rounds.ts";

/** People of one instance at their streams, room by room. */
export interface Gathering {
  instance: Instance;
  seated: Seated;
  /** Reads back what was acknowledged; null for a limit, which stores nothing. */
  ledger: SentLedger | null;
}

/** Rooms of so many members each, none of whom is in two; seat `room * members` is the room's creator. */
export async function gather(stand: Stand, role: keyof Pair, rooms: number, members: number): Promise<Gathering> {
  const { load } = stand;
  const instance = await stand.open(role, rooms * members);
  const groups = Array.from({ length: rooms }, (_, room) => instance.tokens.slice(room * members, (room + 1) * members));
  const creators = groups.map(([creator]) => creator!);
  const ids = await prepareRooms(load, instance, creators, "public");
  await prepareMembers(
    load,
    instance,
    groups.flatMap((group, room) => group.slice(1).map((token) => ({ roomId: ids[room]!, token }))),
  );
  const ledger = await SentLedger.open(
    instance.address,
    ids.map((id, room) => ({ id, token: creators[room]! })),
  );
  const seats = groups.flatMap((group, room) => group.map((token) => ({ token, room })));
  const seated = await load.seat(instance.address, {
    rooms: ids.map((id, room) => ({ id, head: ledger.heads[room]! })),
    seats,
  });
  return { instance, seated, ledger };
}

/** The seats of the first sender of each room. */
export const firstSeats = (rooms: number, members: number): number[] =>
  Array.from({ length: rooms }, (_, room) => room * members);

/** One run of a gathering, seen from both ends. */
export interface Played {
  sends: Sample;
  deliveries: Sample;
}

/** Plays a plan and checks it: each due delivery once and in order, each acknowledged send stored once. */
export async function play({ instance, seated, ledger }: Gathering, plan: CrowdPlan): Promise<Played> {
  const { result, surroundings } = await observe(instance.pid, () => seated.run(plan));
  const faults = [...result.faults, ...((await ledger?.check(result.receipts)) ?? [])];
  const sample = (count: number, { p50, p99 }: CrowdOutcome["sending"]): Sample => ({
    figure: count / result.seconds,
    p50Ms: p50,
    p99Ms: p99,
    cpuMicrosPerUnit: cpuMicros(surroundings.serverCpuSeconds, count),
    surroundings,
    faults,
  });
  return { sends: sample(result.sends, result.sending), deliveries: sample(result.deliveries, result.delivery) };
}

/** Plays once before anything is measured; throws on any fault. */
export async function warmUp(gathering: Gathering, plan: CrowdPlan): Promise<void> {
  const [fault] = (await play(gathering, plan)).sends.faults;
  if (fault !== undefined) throw new Error(`warming up: ${fault}`);
}
