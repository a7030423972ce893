import { ratioSpread } from "../measure/spread.ts";
import { judge } from "../report/verdict.ts";
import { gather, play, warmUp } from "./crowds.ts";
import { firstSeats } from "./halls.ts";
import { prepareRestSenders } from "./rest-sends.ts";
import { lineOf, takeTurns } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const SENDERS = 64;
const WINDOW = 16;

/** Durable sends over the stream: 64 connections, each sender alone in a room with 16 sends under way. */
export const w2StreamSends: Workload = {
  id: "W2",
  title: `durable sends over the stream, ${SENDERS} connections, window ${WINDOW}, own rooms`,
  async run(stand, { rounds, seconds }) {
    const plan = { senders: firstSeats(SENDERS, 1), pace: { window: WINDOW }, seconds };
    const crowds = {
      subject: await gather(stand, "subject", SENDERS, 1),
      floor: await gather(stand, "floor", SENDERS, 1),
    };
    const rest = await prepareRestSenders(stand, "floor", SENDERS);
    for (const crowd of [crowds.subject, crowds.floor]) await warmUp(crowd, { ...plan, seconds: Math.min(2, seconds) });

    const made = await takeTurns(["subject", "floor", "rest"] as const, rounds, (turn) =>
      turn === "rest" ? rest.run(seconds) : play(crowds[turn], plan).then(({ sends }) => sends),
    );
    const [subject, floor, overRest] = [made.get("subject")!, made.get("floor")!, made.get("rest")!];
    const sends = lineOf("sends", "sends/s", { subject, floor }, { "floor over REST": overRest });
    const toRest = ratioSpread(
      subject.map(({ figure }) => figure),
      overRest.map(({ figure }) => figure),
    );
    return {
      id: this.id,
      title: this.title,
      lines: [sends],
      verdicts: [judge("sends: of the floor over REST", toRest, { wanted: "at least", bar: 0.9, aim: 2 }, [sends])],
      notes: [
        "bar and aim are of the floor's sends over REST, as in W1: that is what the stream spares",
        "a send is over when it was acknowledged and came back on the sender's own stream; p50 and p99 are of the acknowledgement",
      ],
    };
  },
};
