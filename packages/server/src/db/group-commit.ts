import { StairwellError } from "@stairwell/protocol";
import { systemClock } from "../lib/clock.ts";
import { callBack, type Command, commandOf, GROUP_SIZE, type Outcome } from "./command.ts";
import type { Connection } from "./connection.ts";
import type { Put, Tx, Value } from "./port.ts";
import { storeFault } from "./faults.ts";

/** What a group came to: an answer each, in their order, and what is to be done now that it is durable. */
interface Result {
  readonly outcomes: readonly Outcome[];
  readonly hooks: readonly (() => void)[];
}

/**
 * Group commit: all commands that arrive in one turn of the event loop form one transaction and one sync.
 * While that sync runs, the next group gathers. A lone command is committed at once; there is no timer.
 *
 * Commands run one after the other. A refusal comes before a command's first write and costs its neighbours
 * nothing. A command that fails after it wrote undoes the transaction; the others are run again without it.
 */
export class GroupCommit {
  readonly #open: () => Connection;
  readonly #now: () => number;
  readonly #onGroup: (commands: number, milliseconds: number) => void;
  readonly #onErased: () => void;
  readonly #nextTurn: () => Promise<void>;
  /** Undefined after a fault, until the next group. */
  #connection: Connection | undefined;
  #waiting: Command[] = [];
  #between: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(
    open: () => Connection,
    now: () => number,
    onGroup: (commands: number, milliseconds: number) => void = () => {},
    onErased: () => void = () => {},
    nextTurn: () => Promise<void> = turnOfTheLoop,
  ) {
    this.#open = open;
    this.#now = now;
    this.#onGroup = onGroup;
    this.#onErased = onErased;
    this.#nextTurn = nextTurn;
    this.#connection = open();
  }

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#closed)
      return Promise.reject(new StairwellError("SW_UNAVAILABLE", { message: "The server is stopping." }));
    const { command, answer } = commandOf(work);
    this.#waiting.push(command);
    this.#running ??= this.#drain();
    return answer;
  }

  /** Does something to the store itself, outside any transaction: after the group under way. It does not come once stopped. */
  between<T>(work: (connection: Connection) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Error("the store is closing"));
    return new Promise<T>((resolve, reject) => {
      this.#between.push(() => {
        try {
          resolve(work((this.#connection ??= this.#open())));
        } catch (error) {
          reject(error as Error);
        }
      });
      this.#running ??= this.#drain();
    });
  }

  /** Takes no more commands, and waits for those under way. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** After `stop`, and as the last connection of the store, so that it leaves one file behind. */
  close(): void {
    this.#connection?.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#connection?.close();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#between.length > 0) {
      // Requests that were read in this turn of the loop join the group before it starts.
      await this.#nextTurn();
      if (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, GROUP_SIZE));
      for (const work of this.#between.splice(0)) work();
    }
    this.#running = undefined;
  }

  async #commit(group: Command[]): Promise<void> {
    const started = systemClock.monotonic();
    const failed = new Map<Command, Outcome>();
    for (;;) {
      const result = await this.#attempt(group, failed);
      if (result === undefined) continue;
      this.#onGroup(group.length, systemClock.monotonic() - started);
      for (const hook of result.hooks) callBack(hook);
      group.forEach((command, i) => command.settle(result.outcomes[i]!));
      return;
    }
  }

  /** One transaction over the group; undefined when a command failed after writing, which is then in `failed`. */
  async #attempt(group: readonly Command[], failed: Map<Command, Outcome>): Promise<Result | undefined> {
    const outcomes: Outcome[] = [];
    const hooks: (() => void)[] = [];
    const hold = {};
    try {
      const connection = (this.#connection ??= this.#open());
      connection.exec("BEGIN IMMEDIATE");
      for (const command of group) {
        let outcome = failed.get(command);
        if (outcome === undefined) {
          const tx = new CommandTx(hold, connection, this.#now(), command.requestId, this.#onErased);
          outcome = await tx.outcome(command.work);
          // The engine may have undone the transaction by itself: whatever the command made of it, nothing more is written.
          if (tx.fault !== undefined) throw tx.fault;
          if (!outcome.ok && tx.hasWritten) {
            connection.exec("ROLLBACK");
            failed.set(command, outcome);
            return undefined;
          }
          if (outcome.ok) hooks.push(...tx.hooks);
        }
        outcomes.push(outcome);
      }
      connection.exec("COMMIT");
      return { outcomes, hooks };
    } catch (error) {
      this.#discard();
      const fault = storeFault(error) ?? error;
      return { outcomes: group.map(() => ({ ok: false, error: fault })), hooks: [] };
    }
  }

  /** After a failed commit nothing of the connection's state is trusted; the next group opens another. */
  #discard(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A transaction handle for one command; it refuses further use once the command has answered. */
class CommandTx implements Tx {
  readonly hold: object;
  readonly now: number;
  readonly requestId: string | null;
  readonly #connection: Connection;
  readonly hooks: (() => void)[] = [];
  readonly #onErased: () => void;
  #finished = false;
  hasWritten = false;
  /** What the store itself failed with, also where the command took no notice. */
  fault: StairwellError | undefined;

  constructor(hold: object, connection: Connection, now: number, requestId: string | null, onErased: () => void) {
    this.hold = hold;
    this.#connection = connection;
    this.now = now;
    this.#onErased = onErased;
    this.requestId = requestId;
  }

  async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return this.#use((connection) => connection.get(sql, values)) as Row | undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#use((connection) => connection.all(sql, values)) as Row[];
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    return this.#use((connection) => {
      this.hasWritten = true;
      return connection.run(sql, values);
    });
  }

  put(statement: Put, ...values: Value[]): void {
    this.#use((connection) => {
      this.hasWritten = true;
      connection.run(statement.sql, values);
    });
  }

  afterCommit(hook: () => void): void {
    this.hooks.push(hook);
  }

  erased(): void {
    this.hooks.push(this.#onErased);
  }

  async outcome(work: (tx: Tx) => Promise<unknown>): Promise<Outcome> {
    try {
      return { ok: true, value: await work(this) };
    } catch (error) {
      return { ok: false, error };
    } finally {
      this.#finished = true;
    }
  }

  #use<T>(work: (connection: Connection) => T): T {
    if (this.#finished) throw new Error("a finished command used its transaction");
    try {
      return work(this.#connection);
    } catch (error) {
      this.fault ??= storeFault(error);
      throw error;
    }
  }
}
