import { presentRequest } from "../lib/request-scope.ts";
import type { Tx } from "./port.ts";

/** A command that waits for its write group. */
export interface Command {
  readonly work: (tx: Tx) => Promise<unknown>;
  /** Asked for when the command arrives: it runs in a turn that belongs to the whole group. */
  readonly requestId: string | null;
  readonly settle: (outcome: Outcome) => void;
}

export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

/** So many commands share one sync at the most: a bound on how long the first of them waits. */
export const GROUP_SIZE = 1024;

/** A command, and the promise of what it answers. */
export function commandOf<T>(work: (tx: Tx) => Promise<T>): { command: Command; answer: Promise<T> } {
  const { promise: answer, resolve, reject } = Promise.withResolvers<T>();
  const settle = (outcome: Outcome) => (outcome.ok ? resolve(outcome.value as T) : reject(outcome.error as Error));
  return { command: { work, requestId: presentRequest(), settle }, answer };
}

/** A hook's fault is the program's and nobody's answer: the rest of the group still hears of its commit. */
export function callBack(hook: () => void): void {
  try {
    hook();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
