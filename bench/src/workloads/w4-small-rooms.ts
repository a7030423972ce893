import { againstFloor, againstPeer, latencyAgainstPeer } from "../report/verdict.ts";
import { gather, play, warmUp } from "./crowds.ts";
import { EJABBERD } from "./ejabberd.ts";
import { firstSeats } from "./halls.ts";
import { lineOf, pairOf, SIDES, takeTurns } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const ROOMS = 200;
const MEMBERS = 10;
const SENDS_PER_SECOND = 100;

/** Many small rooms, one sender in each. */
export const w4SmallRooms: Workload = {
  id: "W4",
  title: `${ROOMS} rooms of ${MEMBERS} members, one sender each`,
  async run(stand, { rounds, seconds }) {
    const senders = firstSeats(ROOMS, MEMBERS);
    const closed = { senders, pace: { window: 1 }, seconds };
    const paced = { senders, pace: { sendsPerSecond: SENDS_PER_SECOND }, seconds };
    const crowds = {
      subject: await gather(stand, "subject", ROOMS, MEMBERS),
      floor: await gather(stand, "floor", ROOMS, MEMBERS),
    };
    for (const crowd of [crowds.subject, crowds.floor]) await warmUp(crowd, { ...closed, seconds: 1 });
    const rushed = await takeTurns(SIDES, rounds, (side) => play(crowds[side], closed));
    const calm = await takeTurns(SIDES, rounds, (side) => play(crowds[side], paced));
    const sends = lineOf(
      "closed loop",
      "sends/s",
      pairOf(rushed, (played) => played.sends),
    );
    const deliveries = lineOf(
      `${SENDS_PER_SECOND}/s`,
      "deliveries/s",
      pairOf(calm, (played) => played.deliveries),
    );
    return {
      id: this.id,
      title: this.title,
      lines: [sends, deliveries],
      verdicts: [
        againstFloor(sends, { wanted: "at least", bar: 0.45, aim: 0.8 }),
        againstPeer(sends, EJABBERD.rooms.sendsPerSecond, { wanted: "at least", bar: 8, aim: 14 }),
        latencyAgainstPeer(deliveries, EJABBERD.rooms.pacedP99Ms, { wanted: "at most", bar: 0.5, aim: null }),
      ],
      notes: [EJABBERD.note, "closed loop: p50 and p99 of the acknowledgement; paced: from the send to each delivery"],
    };
  },
};
