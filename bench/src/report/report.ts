import type { Surroundings } from "../measure/observe.ts";
import type { Spread } from "../measure/spread.ts";

/** One contender, one round. */
export interface Sample {
  figure: number;
  p50Ms: number | null;
  p99Ms: number | null;
  cpuMicrosPerUnit: number | null;
  surroundings: Surroundings | null;
  /** Anything here voids the figure. */
  faults: string[];
}

/** A limit that was measured in the same rounds. */
export interface Limit {
  name: string;
  samples: Sample[];
  /** Subject to limit, round by round. */
  ratio: Spread;
}

/** One thing measured on both contenders in interleaved rounds. */
export interface Line {
  name: string;
  unit: string;
  subject: Sample[];
  /** None where the floor does nothing of the kind. */
  floor: Sample[];
  /** Subject to floor, round by round. */
  ratio: Spread;
  limits: Limit[];
}

/** A line of performance.md: met when the value is on the right side of bar and aim. Null where none is set. */
export interface Verdict {
  what: string;
  value: Spread;
  wanted: "at least" | "at most";
  bar: number | null;
  aim: number | null;
  isVoid: boolean;
}

export interface Report {
  id: string;
  title: string;
  /** What is compared, where it is not the contenders. */
  sides?: { subject: string; floor: string };
  lines: Line[];
  verdicts: Verdict[];
  notes: string[];
}

export const isVoid = ({ subject, floor, limits }: Line): boolean =>
  [...subject, ...floor, ...limits.flatMap(({ samples }) => samples)].some(({ faults }) => faults.length > 0);
