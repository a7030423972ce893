import { setTimeout as wait } from "node:timers/promises";
import type { Pair, Stand } from "../contenders/stand.ts";
import type { Seated } from "../load/load-process.ts";
import { memoryMB } from "../measure/process-usage.ts";
import type { Line, Verdict } from "../report/report.ts";
import { againstFloor, againstPeer } from "../report/verdict.ts";
import { EJABBERD } from "./ejabberd.ts";
import { firstSeats, prepareHalls } from "./halls.ts";
import type { Halls } from "./halls.ts";
import { bareSample, lineOf, pairOf, SIDES, takeTurns } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const MEMBERS = 10;
/** Streams, ten in each room. */
const SIZES = [2000, 10_000] as const;
/** A start takes long, and memory hardly differs from one to the next. */
const MOST_ROUNDS = 3;
const SENDS_PER_SECOND = 500;
/** Long enough for a server to see that it is quiet, and to give back what the start, or the opening, has left. */
const SETTLE_MS = 25_000;

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
    const rooms = SIZES.at(-1)! / MEMBERS;
    const halls = {
      subject: await prepareHalls(stand, "subject", rooms, MEMBERS),
      floor: await prepareHalls(stand, "floor", rooms, MEMBERS),
    };
    for (const side of SIDES) await stand.stop(halls[side].instance);
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

/** A fresh server with more and more streams, all of which are then proven alive by a send into each room. */
async function idle(stand: Stand, side: keyof Pair, halls: Halls): Promise<Idle[]> {
  const served = await stand.serve(side, halls.instance.folder);
  const ledger = halls.ledger.movedTo(served.address);
  const rooms = halls.rooms.map(({ id }, room) => ({ id, head: ledger.heads[room]! }));
  await wait(SETTLE_MS);
  const before = memoryMB(served.pid);

  const measured: Omit<Idle, "faults">[] = [];
  const crowds: { seated: Seated; people: number }[] = [];
  let people = 0;
  for (const size of SIZES) {
    const seats = halls.seats.slice(people, size);
    crowds.push({ seated: await stand.load.seat(served.address, { rooms, seats }), people: seats.length });
    people = size;
    await wait(SETTLE_MS);
    const now = memoryMB(served.pid);
    measured.push({ pss: ((now.pss - before.pss) * 1000) / size, rss: ((now.rss - before.rss) * 1000) / size });
  }

  const outcomes = [];
  for (const { seated, people: count } of crowds) {
    const senders = firstSeats(count / MEMBERS, MEMBERS);
    const pace = { sendsPerSecond: SENDS_PER_SECOND };
    outcomes.push(await seated.run({ senders, pace, seconds: senders.length / SENDS_PER_SECOND }));
    await seated.leave();
  }
  const faults = outcomes.flatMap((outcome) => outcome.faults);
  const receipts = outcomes.flatMap((outcome) => outcome.receipts);
  if (receipts.length !== rooms.length) faults.push(`${receipts.length} of ${rooms.length} sends were acknowledged`);
  faults.push(...(await ledger.check(receipts)));
  await stand.stop(served);
  return measured.map((size) => ({ ...size, faults }));
}
