import { broadcast } from "../contenders/broadcast.ts";
import type { Stand } from "../contenders/stand.ts";
import type { Line, Verdict } from "../report/report.ts";
import { againstLimit, againstPeer, latencyAgainstFloor, latencyAgainstPeer } from "../report/verdict.ts";
import { gather, play, warmUp } from "./crowds.ts";
import type { Gathering } from "./crowds.ts";
import { EJABBERD } from "./ejabberd.ts";
import { lineOf, pairOf, SIDES, takeTurns } from "./rounds.ts";
import type { Terms, Workload } from "./workload.ts";

const SENDERS = 10;
/** Members of the room, with the sends a second of the paced runs. */
const CROWDS = [
  { members: 100, sendsPerSecond: 25 },
  { members: 1000, sendsPerSecond: 3 },
] as const;
/** At 3 a second, shorter runs have too few sends for a quantile. */
const LEAST_PACED_SECONDS = 4;
const LIMITS = [broadcast("strings"), broadcast("joined")] as const;

/** Fan-out: everybody in one room, ten of them send. */
export const w3FanOut: Workload = {
  id: "W3",
  title: `fan-out, ${CROWDS.map(({ members }) => members).join(" and ")} members, ${SENDERS} senders`,
  async run(stand, terms) {
    const lines: Line[] = [];
    const verdicts: Verdict[] = [];
    for (const size of CROWDS) {
      const measured = await measure(stand, terms, size);
      lines.push(...measured.lines);
      verdicts.push(...measured.verdicts);
    }
    return {
      id: this.id,
      title: this.title,
      lines,
      verdicts,
      notes: [
        EJABBERD.note,
        "closed loop: each sender sends again when its message was acknowledged and came back on its own stream",
        "p50 and p99 are from the send to each delivery; the limits store nothing",
      ],
    };
  },
};

async function measure(
  stand: Stand,
  { rounds, seconds }: Terms,
  { members, sendsPerSecond }: (typeof CROWDS)[number],
): Promise<{ lines: Line[]; verdicts: Verdict[] }> {
  const senders = Array.from({ length: SENDERS }, (_, index) => Math.floor((index * members) / SENDERS));
  const closed = { senders, pace: { window: 1 }, seconds };
  const paced = { senders, pace: { sendsPerSecond }, seconds: Math.max(LEAST_PACED_SECONDS, seconds) };
  const crowds = new Map<unknown, Gathering>();
  for (const side of SIDES) crowds.set(side, await gather(stand, side, 1, members));
  for (const limit of LIMITS) crowds.set(limit, await seatAtLimit(stand, limit, members));
  for (const crowd of crowds.values()) await warmUp(crowd, { ...closed, seconds: 1 });

  const rushed = await takeTurns([...SIDES, ...LIMITS], rounds, (turn) => play(crowds.get(turn)!, closed));
  const calm = await takeTurns(SIDES, rounds, (turn) => play(crowds.get(turn)!, paced));
  for (const { instance, seated } of crowds.values()) {
    await seated.leave();
    await stand.stop(instance);
  }

  const beside = Object.fromEntries(
    LIMITS.map((limit) => [limit.name, rushed.get(limit)!.map(({ deliveries }) => deliveries)]),
  );
  const closedLine = lineOf(
    `${members} members, closed loop`,
    "deliveries/s",
    pairOf(rushed, (p) => p.deliveries),
    beside,
  );
  const pacedLine = lineOf(
    `${members} members, ${sendsPerSecond}/s`,
    "deliveries/s",
    pairOf(calm, (p) => p.deliveries),
  );
  return {
    lines: [closedLine, pacedLine],
    verdicts: [
      againstLimit(closedLine, LIMITS[0].name, { wanted: "at least", bar: 3, aim: null }),
      againstLimit(closedLine, LIMITS[1].name, { wanted: "at least", bar: null, aim: 0.7 }),
      againstPeer(closedLine, EJABBERD.fanOut[members], { wanted: "at least", bar: 20, aim: 38 }),
      ...(members === 1000
        ? [latencyAgainstPeer(pacedLine, EJABBERD.pacedFanOutP99Ms, { wanted: "at most", bar: 0.4, aim: null })]
        : []),
      latencyAgainstFloor(pacedLine, { wanted: "at most", bar: null, aim: 1.3 }),
    ],
  };
}

/** The limits have one room and nobody to ask for it. */
async function seatAtLimit(stand: Stand, limit: (typeof LIMITS)[number], members: number): Promise<Gathering> {
  const instance = await stand.open(limit, members);
  const seats = instance.tokens.map((token) => ({ token, room: 0 }));
  const seated = await stand.load.seat(instance.address, { rooms: [{ id: "the-room", head: 0 }], seats });
  return { instance, seated, ledger: null };
}
