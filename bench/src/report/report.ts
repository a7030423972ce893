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

/** One thing measured on both contenders in interleaved rounds. */
export interface Line {
  name: string;
  unit: string;
  subject: Sample[];
  floor: Sample[];
  /** Subject to floor, round by round. */
  ratio: Spread;
}

/** A line of performance.md: met when the value is on the right side of bar and aim. Null where none is set. */
export interface Verdict {
  what: string;
  value: Spread;
  wanted: "at least" | "at most";
  bar: number;
  aim: number;
  isVoid: boolean;
}

export interface Report {
  id: string;
  title: string;
  lines: Line[];
  verdicts: Verdict[];
  notes: string[];
}

export const isVoid = (line: Line): boolean => [...line.subject, ...line.floor].some(({ faults }) => faults.length > 0);
