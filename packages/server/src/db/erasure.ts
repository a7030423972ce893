import { type Clock, systemClock } from "../lib/clock.ts";

/** How soon deleted bytes leave the files, in milliseconds. All of it together stays far below DEL3's minute. */
export interface ErasurePace {
  /** From the first deletion to the checkpoint: what is deleted in between goes with it. */
  lead: number;
  /** Between two checkpoints at the least. */
  rest: number;
  /** Until the next attempt, when somebody reads from the log or the store cannot be written. */
  retry: number;
}

export const ERASURE_PACE: ErasurePace = { lead: 1000, rest: 10_000, retry: 1000 };

/** Told when deleted bytes could not leave the files for so long, and then once for each further while. */
const OVERDUE_MS = 50_000;

export interface ErasureParts {
  /** Moves the log into the database and truncates it; false when a reader stood in the way. */
  checkpoint: () => Promise<boolean>;
  onOverdue: (cause: unknown) => void;
  pace?: Partial<ErasurePace> | undefined;
  clock?: Pick<Clock, "monotonic">;
}

/**
 * Takes deleted bytes out of the store's files (DEL3). Their pages are overwritten with zeros as they are freed
 * (`secure_delete`), but in the log: older frames of a page stay until the log is truncated. Nothing is written down of
 * what is due, since each start is due by itself: the process may have been killed with a log full of old frames.
 */
export class Erasure {
  readonly #parts: ErasureParts;
  readonly #pace: ErasurePace;
  readonly #clock: Pick<Clock, "monotonic">;
  #timer: NodeJS.Timeout | undefined;
  #lastRun = -Infinity;
  #dueSince: number | undefined;
  #isStopped = false;

  constructor(parts: ErasureParts) {
    this.#parts = parts;
    this.#pace = { ...ERASURE_PACE, ...parts.pace };
    this.#clock = parts.clock ?? systemClock;
  }

  /** Something was deleted, and its deletion is durable. A repeat before the checkpoint changes nothing. */
  due(): void {
    this.#dueSince ??= this.#clock.monotonic();
    if (this.#timer !== undefined) return;
    this.#after(Math.max(this.#pace.lead, this.#lastRun + this.#pace.rest - this.#clock.monotonic()));
  }

  /** As `due`, without the lead. */
  dueNow(): void {
    this.#dueSince ??= this.#clock.monotonic();
    if (this.#timer === undefined) this.#after(0);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #after(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#run(), ms);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const since = this.#dueSince ?? this.#clock.monotonic();
    // What is deleted from here on may come too late for this checkpoint: it asks for one of its own.
    this.#timer = undefined;
    this.#dueSince = undefined;
    this.#lastRun = this.#clock.monotonic();
    let cause: unknown = new Error("somebody reads from the store's log without an end");
    let isDone = false;
    try {
      isDone = await this.#parts.checkpoint();
    } catch (error) {
      cause = error;
    }
    if (isDone) return;
    const now = this.#clock.monotonic();
    const isOverdue = now - since > OVERDUE_MS;
    if (isOverdue) this.#parts.onOverdue(cause);
    this.#dueSince = isOverdue ? now : since;
    clearTimeout(this.#timer);
    this.#after(this.#pace.retry);
  }
}
