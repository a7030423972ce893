import type { Instance, Pair } from "../contenders/stand.ts";
import type { LoadProcess } from "../load/load-process.ts";
import type { Outcome, Plan } from "../load/plan.ts";
import { observe } from "../measure/observe.ts";
import { ratioSpread } from "../measure/spread.ts";
import type { Line, Sample } from "../report/report.ts";

/** Shorter than this, the 10 ms ticks of CPU accounting say nothing. */
const LEAST_CPU_SECONDS = 0.1;

/**
 * Takes turns: runs each once a round, the order turned round from one round to the next, so that what is compared was
 * measured within one round. Answers what each made, in the order of the rounds.
 */
export async function takeTurns<Turn, T>(
  turns: readonly Turn[],
  rounds: number,
  run: (turn: Turn, round: number) => Promise<T>,
): Promise<Map<Turn, T[]>> {
  const made = new Map<Turn, T[]>(turns.map((turn) => [turn, []]));
  for (let round = 0; round < rounds; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) made.get(turn)!.push(await run(turn, round));
  }
  return made;
}

/** The two sides, in the order of the first round. */
export const SIDES = ["subject", "floor"] as const;

/** Picks both sides' samples from what the turns made. */
export function pairOf<T>(made: ReadonlyMap<unknown, T[]>, pick: (one: T) => Sample): Pair<Sample[]> {
  const of = (role: keyof Pair) => made.get(role)!.map(pick);
  return { subject: of("subject"), floor: of("floor") };
}

/** One thing measured on both sides, and on the limits that stand beside them. */
export function lineOf(
  name: string,
  unit: string,
  { subject, floor }: Pair<Sample[]>,
  beside: Readonly<Record<string, Sample[]>> = {},
): Line {
  const toSubject = (samples: Sample[]) => ratioSpread(subject.map(figureOf), samples.map(figureOf));
  const limits = Object.entries(beside).map(([limit, samples]) => ({
    name: limit,
    samples,
    ratio: toSubject(samples),
  }));
  return { name, unit, subject, floor, ratio: toSubject(floor), limits };
}

const figureOf = ({ figure }: Sample): number => figure;

/** Measures a series of things on both sides in each round; `index` is the place in `names`. */
export async function interleaveSeries(
  names: readonly string[],
  unit: string,
  rounds: number,
  measure: (role: keyof Pair, round: number, index: number) => Promise<Sample>,
): Promise<Line[]> {
  const turns = names.map(
    (_, index) => ({ subject: { index, role: "subject" }, floor: { index, role: "floor" } }) as const,
  );
  const order = turns.flatMap(({ subject, floor }) => [subject, floor]);
  const samples = await takeTurns(order, rounds, ({ index, role }, round) => measure(role, round, index));
  return names.map((name, index) => {
    const { subject, floor } = turns[index]!;
    return lineOf(name, unit, { subject: samples.get(subject)!, floor: samples.get(floor)! });
  });
}

/** Measures one thing on both sides in each round. */
export async function interleave(
  name: string,
  unit: string,
  rounds: number,
  measure: (role: keyof Pair, round: number) => Promise<Sample>,
): Promise<Line> {
  const [line] = await interleaveSeries([name], unit, rounds, measure);
  return line!;
}

/** Runs a plan and reads one figure off its outcome; `check` looks afterwards whether what was done was right. */
export async function sample(
  load: LoadProcess,
  instance: Instance,
  plan: Plan,
  read: { figure: (outcome: Outcome) => number; units: (outcome: Outcome) => number },
  check: (outcome: Outcome) => Promise<string[]>,
): Promise<Sample> {
  const { result, surroundings } = await observe(instance, () => load.run(instance.address, plan));
  return {
    figure: read.figure(result),
    p50Ms: result.p50,
    p99Ms: result.p99,
    cpuMicrosPerUnit: cpuMicros(surroundings.serverCpuSeconds, read.units(result)),
    surroundings,
    faults: [...result.faults, ...(await check(result))],
  };
}

/** A figure that has neither latency nor load. */
export function bareSample(figure: number, faults: string[]): Sample {
  return { figure, p50Ms: null, p99Ms: null, cpuMicrosPerUnit: null, surroundings: null, faults };
}

/** CPU microseconds a unit; null where too little was used to tell. */
export function cpuMicros(cpuSeconds: number, units: number): number | null {
  return cpuSeconds < LEAST_CPU_SECONDS ? null : (cpuSeconds * 1e6) / units;
}

/** Answers a second. */
export const perSecond = {
  figure: ({ answers, seconds }: Outcome): number => answers / seconds,
  units: ({ answers }: Outcome): number => answers,
};

/** Asks (whole lists, where pages are followed) a second. */
export const asksPerSecond = {
  figure: ({ asks, seconds }: Outcome): number => asks / seconds,
  units: ({ asks }: Outcome): number => asks,
};

/** By the median latency of one after the other, which a single slow sync does not move. */
export const singlyPerSecond = {
  figure: ({ p50 }: Outcome): number => 1000 / p50,
  units: ({ answers }: Outcome): number => answers,
};
