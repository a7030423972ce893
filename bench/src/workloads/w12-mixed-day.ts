import { latency, latencyAgainstFloor } from "../report/verdict.ts";
import { gather, play, warmUp } from "./crowds.ts";
import { lineOf, pairOf, SIDES, takeTurns } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const ROOMS = 500;
const MEMBERS = 10;
/** Each of 5,000 people says something three times a minute, and marks as read as often. */
const PACE = { sendsPerSecond: 250, readsPerSecond: 250 };
/** Prime: who sends next sits in another room. */
const STRIDE = 1009;

/** The delivery part of a mixed day: everybody online, sends and read markers at a fixed rate. */
export const w12MixedDay: Workload = {
  id: "W12",
  title: `${ROOMS * MEMBERS} members online in ${ROOMS} rooms, ${PACE.sendsPerSecond} sends/s and ${PACE.readsPerSecond} reads/s`,
  async run(stand, { rounds, seconds }) {
    const people = ROOMS * MEMBERS;
    const senders = Array.from({ length: people }, (_, n) => (n * STRIDE) % people);
    const plan = { senders, pace: PACE, seconds };
    const crowds = {
      subject: await gather(stand, "subject", ROOMS, MEMBERS),
      floor: await gather(stand, "floor", ROOMS, MEMBERS),
    };
    for (const crowd of [crowds.subject, crowds.floor]) await warmUp(crowd, { ...plan, seconds: 1 });
    const made = await takeTurns(SIDES, rounds, (side) => play(crowds[side], plan));
    const sends = lineOf(
      "sends",
      "sends/s",
      pairOf(made, (played) => played.sends),
    );
    const deliveries = lineOf(
      "deliveries",
      "deliveries/s",
      pairOf(made, (played) => played.deliveries),
    );
    const reads = lineOf(
      "reads",
      "reads/s",
      pairOf(made, (played) => played.reads),
    );
    return {
      id: this.id,
      title: this.title,
      lines: [sends, deliveries, reads],
      verdicts: [
        latency(sends, { wanted: "at most", bar: 50, aim: 20 }),
        ...[sends, deliveries].map((line) => latencyAgainstFloor(line, { wanted: "at most", bar: null, aim: null })),
      ],
      notes: ["without typing, joins and the export of the whole workload"],
    };
  },
};
