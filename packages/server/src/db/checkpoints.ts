import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Asked, Moved } from "./checkpoint-thread.ts";
import type { Connection } from "./connection.ts";

const THREAD = join(import.meta.dirname, "checkpoint-thread.ts");
/** It holds a connection and no more. */
const RESOURCES = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1 };

/** Groups between two looks at the log: even of the largest, so many write less than is moved at a time. */
const LOOK_GROUPS = 8;
/** Pages of the log that are worth a move: a page that many commands wrote is moved once. */
const MOST_PAGES = 1024;
/** Moves in a row. */
const MOST_MOVES = 6;

export interface CheckpointParts {
  /** The store's file. */
  readonly path: string;
  /** Does something to the store between two groups. */
  readonly between: <T>(work: (connection: Connection) => T) => Promise<T>;
}

/** What the engine answers of its log: pages in it, and of those the ones that are in the database too. */
interface Log {
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * Keeps the store's log short without anybody's waiting for it: a thread moves what the log holds into the database, beside
 * the commits. Left to the engine, one commit in some hundreds does all of it while everybody waits.
 *
 * A thread that fails is begun anew with the next move. Until then, and while somebody reads what is old, the log grows to
 * where the engine does it by itself.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  #thread: Worker | undefined;
  #groups = 0;
  /** Pages that could not be moved the last time: it takes more of them for another attempt. */
  #stuck = 0;
  #moving: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** A group was committed. */
  committed(): void {
    this.#groups += 1;
    if (this.#groups % LOOK_GROUPS === 0) void this.look();
  }

  /** Has what the log holds moved, where it is much. Never rejects: what fails is left to the next look. */
  look(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return (this.#moving ??= this.#move()
      .catch(() => this.#dropThread())
      .finally(() => (this.#moving = undefined)));
  }

  /** After the move under way; nothing is moved after it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#moving;
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    const ended = once(thread, "exit");
    thread.postMessage("end" satisfies Asked);
    await ended;
  }

  async #move(): Promise<void> {
    let left = await this.#left();
    this.#stuck = Math.min(this.#stuck, left);
    if (left < this.#stuck + MOST_PAGES) return;
    // What is committed during a move is left: the log begins anew once there is none, and each move is shorter.
    for (let moves = 0; left > 0 && moves < MOST_MOVES; moves++) {
      await this.#moveAside();
      if (this.#isStopped) return;
      left = await this.#left();
    }
    this.#stuck = left;
  }

  /** Pages in the log alone. */
  #left(): Promise<number> {
    return this.#parts.between((connection) => {
      const { log, checkpointed } = connection.get("PRAGMA wal_checkpoint(NOOP)", []) as Log;
      return log - checkpointed;
    });
  }

  async #moveAside(): Promise<void> {
    const thread = (this.#thread ??= this.#beginThread());
    // It keeps nobody from ending who has nothing else to do, but while it moves something.
    thread.ref();
    const answer = once(thread, "message");
    thread.postMessage("move" satisfies Asked);
    const [{ fault }] = (await answer) as [Moved];
    thread.unref();
    if (fault !== null) throw new Error(fault);
  }

  #beginThread(): Worker {
    const thread = new Worker(THREAD, {
      workerData: this.#parts.path,
      resourceLimits: RESOURCES,
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    // One that ends by itself between two moves, as where there is no memory, ends nobody else.
    thread.on("error", () => (this.#thread = undefined));
    return thread;
  }

  async #dropThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}
