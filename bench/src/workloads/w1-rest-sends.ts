import { againstFloor, againstPeer } from "../report/verdict.ts";
import { EJABBERD } from "./ejabberd.ts";
import { prepareRestSenders } from "./rest-sends.ts";
import { interleave } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const SENDERS = 64;

/** Durable sends over REST: 64 connections, each sender alone in a room. */
export const w1RestSends: Workload = {
  id: "W1",
  title: `durable sends over REST, ${SENDERS} connections, own rooms`,
  async run(stand, { rounds, seconds }) {
    const senders = {
      subject: await prepareRestSenders(stand, "subject", SENDERS),
      floor: await prepareRestSenders(stand, "floor", SENDERS),
    };
    const sends = await interleave("sends", "sends/s", rounds, (role) => senders[role].run(seconds));
    return {
      id: this.id,
      title: this.title,
      lines: [sends],
      verdicts: [
        againstFloor(sends, { wanted: "at least", bar: 0.45, aim: 0.75 }),
        againstPeer(sends, EJABBERD.sendsPerSecond, { wanted: "at least", bar: 10, aim: 18 }),
      ],
      notes: [EJABBERD.note],
    };
  },
};
