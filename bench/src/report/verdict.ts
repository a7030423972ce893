import { ratioSpread, spread } from "../measure/spread.ts";
import type { Spread } from "../measure/spread.ts";
import { isVoid } from "./report.ts";
import type { Line, Sample, Verdict } from "./report.ts";

interface Target {
  wanted: "at least" | "at most";
  bar: number | null;
  aim: number | null;
}

const figures = (line: Line): number[] => line.subject.map(({ figure }) => figure);

/** Subject to floor. */
export function againstFloor(line: Line, target: Target): Verdict {
  return judge(`${line.name}: of the floor`, line.ratio, target, [line]);
}

/** Subject to one of the limits beside it. */
export function againstLimit(line: Line, name: string, target: Target): Verdict {
  const limit = line.limits.find((candidate) => candidate.name === name)!;
  return judge(`${line.name}: of ${name}`, limit.ratio, target, [line]);
}

/** Subject to a figure measured on another day, on the same kind of machine. */
export function againstPeer(line: Line, peer: number, target: Target): Verdict {
  const value = spread(figures(line).map((figure) => figure / peer));
  return judge(`${line.name}: times ejabberd's ${peer} ${line.unit}`, value, target, [line]);
}

const p99s = (samples: Sample[]): number[] => samples.map(({ p99Ms }) => p99Ms!);

/** The subject's p99 itself. */
export function latency(line: Line, target: Target): Verdict {
  return judge(`${line.name}: p99, ms`, spread(p99s(line.subject)), target, [line]);
}

/** The subject's p99 to the floor's. */
export function latencyAgainstFloor(line: Line, target: Target): Verdict {
  return judge(`${line.name}: p99 to the floor's`, ratioSpread(p99s(line.subject), p99s(line.floor)), target, [line]);
}

/** The subject's p99 to one measured on another day, on the same kind of machine. */
export function latencyAgainstPeer(line: Line, peerMs: number, target: Target): Verdict {
  const value = spread(p99s(line.subject).map((ms) => ms / peerMs));
  return judge(`${line.name}: p99 to ejabberd's ${peerMs} ms`, value, target, [line]);
}

/** How many times more a unit costs in `large` than in `small`, by rates of the same rounds. */
export function growth(small: Line, large: Line, target: Target): Verdict {
  return judge(`${large.name}: cost to ${small.name}`, ratioSpread(figures(small), figures(large)), target, [
    small,
    large,
  ]);
}

/** How many times more a unit costs on the one side of a line than on the other, by rates of the same rounds. */
export function inverse(line: Line, what: string, target: Target): Verdict {
  const floor = line.floor.map(({ figure }) => figure);
  return judge(`${line.name}: ${what}`, ratioSpread(floor, figures(line)), target, [line]);
}

/** The same of the server's processor time, which what else the machine does moves less; void where too little was used. */
export function processor(line: Line, what: string, target: Target): Verdict {
  const times = (samples: Sample[]): number[] => samples.map(({ cpuMicrosPerUnit }) => cpuMicrosPerUnit ?? NaN);
  const told = times(line.subject).flatMap((time, round) => {
    const ratio = time / times(line.floor)[round]!;
    return Number.isNaN(ratio) ? [] : [ratio];
  });
  const verdict = judge(`${line.name}: ${what}`, spread(told), target, [line]);
  return told.length === 0 ? { ...verdict, isVoid: true } : verdict;
}

/** The figure itself. */
export function absolute(line: Line, target: Target): Verdict {
  return judge(`${line.name}, ${line.unit}`, spread(figures(line)), target, [line]);
}

/** A value that the workload worked out from its lines. */
export function judge(what: string, value: Spread, target: Target, lines: Line[]): Verdict {
  return { what, value, ...target, isVoid: lines.some(isVoid) };
}
