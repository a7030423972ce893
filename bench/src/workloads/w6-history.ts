import type { Pair, Stand } from "../contenders/stand.ts";
import { spread } from "../measure/spread.ts";
import type { Line, Verdict } from "../report/report.ts";
import { againstFloor, growth, judge } from "../report/verdict.ts";
import { EJABBERD } from "./ejabberd.ts";
import { interleaveSeries, perSecond, sample } from "./rounds.ts";
import { CROWDS, prepareLibrary, ROOM_COUNTS } from "./w6/library.ts";
import type { Library } from "./w6/library.ts";
import { directory, members, middle, newest, PAGE, walking } from "./w6/readings.ts";
import type { Reading } from "./w6/readings.ts";
import type { Terms, Workload } from "./workload.ts";

const CONNECTIONS = 16;
const SIZES = [1000, 100_000];
const LONG_SIZES = [...SIZES, 1_000_000];

/** Reading: pages of history, of the directory and of members, each in a small and in a large whole. */
export const w6History: Workload = {
  id: "W6",
  title: `history pages of ${PAGE}; directory and members pages; ${CONNECTIONS} connections`,
  async run(stand, terms) {
    const sizes = terms.long ? LONG_SIZES : SIZES;
    const libraries: Pair<Library> = {
      subject: await prepareLibrary(stand, "subject", sizes),
      floor: await prepareLibrary(stand, "floor", sizes),
    };
    const read = (names: string[], connections: number, find: Find) =>
      readSeries(stand, terms, libraries, names, connections, find);

    const lines: Line[] = [];
    const verdicts: Verdict[] = [];
    async function series(name: string, wholes: readonly number[], find: Find): Promise<void> {
      const measured = await read(
        wholes.map((whole) => `${name} ${whole}`),
        CONNECTIONS,
        find,
      );
      lines.push(...measured);
      for (const line of measured) verdicts.push(againstFloor(line, { wanted: "at least", bar: 0.35, aim: 0.8 }));
      for (const large of measured.slice(1)) {
        verdicts.push(growth(measured[0]!, large, { wanted: "at most", bar: 1.5, aim: 1.2 }));
      }
    }
    await series("newest of", sizes, ({ histories }, index) => newest(histories[index]!));
    await series("middle of", sizes, ({ histories }, index) => middle(histories[index]!));
    await series("walking", sizes, ({ histories }, index) => walking(histories[index]!));
    await series("directory of", ROOM_COUNTS, ({ directories }, index) => directory(directories[index]!));
    await series("members of", CROWDS, ({ crowds }, index) => members(crowds[index]!));

    const alone = await read(["newest of 100000, one reader"], 1, ({ histories }) => newest(histories[1]!));
    lines.push(...alone);
    verdicts.push(quickerThanPeer(alone[0]!));
    return { id: this.id, title: this.title, lines, verdicts, notes: [EJABBERD.note] };
  },
};

/** Finds what a line of a series reads in a library. */
type Find = (library: Library, index: number) => Reading;

function readSeries(
  { load }: Stand,
  { rounds, seconds }: Terms,
  libraries: Pair<Library>,
  names: string[],
  connections: number,
  find: Find,
): Promise<Line[]> {
  return interleaveSeries(names, "pages/s", rounds, async (role, round, index) => {
    const { instance, check, ...asked } = find(libraries[role], index);
    const plan = { ...asked, connections, share: "queue" } as const;
    if (round === 0) await load.prepare(instance.address, { ...plan, stop: { seconds: Math.min(0.5, seconds) } });
    return sample(load, instance, { ...plan, stop: { seconds } }, perSecond, check);
  });
}

function quickerThanPeer(line: Line): Verdict {
  const times = spread(line.subject.map(({ p50Ms }) => EJABBERD.newestPageMs / p50Ms!));
  const what = `${line.name}: p50, times quicker than ejabberd's ${EJABBERD.newestPageMs} ms`;
  return judge(what, times, { wanted: "at least", bar: 12, aim: 30 }, [line]);
}
