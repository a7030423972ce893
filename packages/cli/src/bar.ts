/** Milliseconds between two drawings on a terminal. */
export const DRAWING_STEP_MS = 100;
/** Milliseconds between two lines where there is no terminal. */
export const LINE_STEP_MS = 10_000;

const WIDTH = 30;

/** How far something is, from 0 to 1, as a bar and per cent: `[###---]  50 %`. Of nothing, nothing is left to do. */
export function bar(done: number, total: number): string {
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(part * WIDTH);
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}
