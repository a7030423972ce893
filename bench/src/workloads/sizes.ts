import { inverse, processor } from "../report/verdict.ts";
import { lineOf, takeTurns } from "./rounds.ts";
import { prepareTown, type Size } from "./sizes/town.ts";
import { SINGLES, USES } from "./sizes/uses.ts";
import type { Workload } from "./workload.ts";

/** Of as many members that every page has another after it, as in the full one. */
const SMALL: Size = { rooms: 100, members: 200, events: 1000 };
const FULL: Size = { rooms: 100_000, members: 10_000, events: 100_000 };
const LONG: Size = { ...FULL, events: 1_000_000 };

/** What everybody does all day, in a small tenant and in a full one, turn by turn. */
export const sizes: Workload = {
  id: "sizes",
  title: `what is done all day, at full size against small: ${said(SMALL)}`,
  async run(stand, { rounds, seconds, long }) {
    const strangers = rounds * SINGLES;
    const full = await prepareTown(stand, long ? LONG : FULL, strangers, 0);
    const small = await prepareTown(stand, SMALL, strangers, rounds);
    const turns = USES.flatMap((use) => [
      { use, town: full },
      { use, town: small },
    ]);
    const measure = (turn: (typeof turns)[number], round: number, length: number) =>
      turn.use.run(stand.load, turn.town, round, length);
    for (const turn of turns) {
      // A join is done once by each stranger, and warmed by the first round.
      if (turn.use.name !== "join") await measure(turn, 0, Math.min(0.5, seconds));
    }
    const made = await takeTurns(turns, rounds, (turn, round) => measure(turn, round, seconds));
    const line = (name: string, unit: string, index: number) =>
      lineOf(name, unit, { subject: made.get(turns[index]!)!, floor: made.get(turns[index + 1]!)! });
    const lines = USES.map(({ name, unit }, index) => line(name, unit, 2 * index));
    return {
      id: this.id,
      title: this.title,
      sides: { subject: `full: ${said(full.size)}`, floor: "small" },
      lines,
      verdicts: [
        ...lines.map((each) => inverse(each, "time to small", { wanted: "at most", bar: 1.5, aim: 1.2 })),
        ...lines.map((each) => processor(each, "processor to small", { wanted: "at most", bar: 1.5, aim: 1.2 })),
      ],
      notes: long ? [] : ["the bar is for 1,000,000 events: --long"],
    };
  },
};

function said({ rooms, members, events }: Size): string {
  const number = (n: number): string => n.toLocaleString("en");
  return `${number(rooms)} rooms, one of ${number(members)} members and ${number(events)} events`;
}
