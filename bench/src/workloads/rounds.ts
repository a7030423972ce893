import type { Instance, Pair } from "../contenders/stand.ts";
import type { LoadProcess } from "../load/load-process.ts";
import type { Outcome, Plan } from "../load/plan.ts";
import { observe } from "../measure/observe.ts";
import { ratioSpread } from "../measure/spread.ts";
import type { Line, Sample } from "../report/report.ts";

/** Shorter than this, the 10 ms ticks of CPU accounting say nothing. */
const LEAST_CPU_SECONDS = 0.1;

/**
 * Measures a series of things on both sides in each round, the order turned round from one round to the next, so that
 * what is compared was measured within one round. `index` is the place in `names`.
 */
export async function interleaveSeries(
  names: readonly string[],
  unit: string,
  rounds: number,
  measure: (role: keyof Pair, round: number, index: number) => Promise<Sample>,
): Promise<Line[]> {
  const samples = names.map((): Pair<Sample[]> => ({ subject: [], floor: [] }));
  const order = names.flatMap((_, index) => (["subject", "floor"] as const).map((role) => ({ index, role })));
  for (let round = 0; round < rounds; round++) {
    for (const { index, role } of round % 2 === 0 ? order : order.toReversed()) {
      samples[index]![role].push(await measure(role, round, index));
    }
  }
  return names.map((name, index) => {
    const { subject, floor } = samples[index]!;
    return { name, unit, subject, floor, ratio: ratioSpread(subject.map(figureOf), floor.map(figureOf)) };
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

const figureOf = ({ figure }: Sample): number => figure;

/** Runs a plan and reads one figure off its outcome; `check` looks afterwards whether what was done was right. */
export async function sample(
  load: LoadProcess,
  instance: Instance,
  plan: Plan,
  read: { figure: (outcome: Outcome) => number; units: (outcome: Outcome) => number },
  check: (outcome: Outcome) => Promise<string[]>,
): Promise<Sample> {
  const { result, surroundings } = await observe(instance.pid, () => load.run(instance.address, plan));
  const cpu = surroundings.serverCpuSeconds;
  return {
    figure: read.figure(result),
    p50Ms: result.p50,
    p99Ms: result.p99,
    cpuMicrosPerUnit: cpu < LEAST_CPU_SECONDS ? null : (cpu * 1e6) / read.units(result),
    surroundings,
    faults: [...result.faults, ...(await check(result))],
  };
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
