import { ratioSpread, spread } from "../measure/spread.ts";
import type { Spread } from "../measure/spread.ts";
import { isVoid } from "./report.ts";
import type { Line, Verdict } from "./report.ts";

interface Target {
  wanted: "at least" | "at most";
  bar: number;
  aim: number;
}

const figures = (line: Line): number[] => line.subject.map(({ figure }) => figure);

/** Subject to floor. */
export function againstFloor(line: Line, target: Target): Verdict {
  return judge(`${line.name}: of the floor`, line.ratio, target, [line]);
}

/** Subject to a figure measured on another day, on the same kind of machine. */
export function againstPeer(line: Line, peer: number, target: Target): Verdict {
  const value = spread(figures(line).map((figure) => figure / peer));
  return judge(`${line.name}: times ejabberd's ${peer} ${line.unit}`, value, target, [line]);
}

/** How many times more a unit costs in `large` than in `small`, by rates of the same rounds. */
export function growth(small: Line, large: Line, target: Target): Verdict {
  return judge(`${large.name}: cost to ${small.name}`, ratioSpread(figures(small), figures(large)), target, [
    small,
    large,
  ]);
}

/** The figure itself. */
export function absolute(line: Line, target: Target): Verdict {
  return judge(`${line.name}, ${line.unit}`, spread(figures(line)), target, [line]);
}

/** A value that the workload worked out from its lines. */
export function judge(what: string, value: Spread, target: Target, lines: Line[]): Verdict {
  return { what, value, ...target, isVoid: lines.some(isVoid) };
}
