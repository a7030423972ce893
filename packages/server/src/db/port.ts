/** What a statement may be given. Anything else is refused: node:sqlite would bind a Date as NULL. */
export type Value = string | number | bigint | null | Uint8Array;

/**
 * Reads committed rows. Statements are literals with `$1`, `$2` …, prepared once a connection.
 * Each call sees the newest commit; use `Db.snapshot` for several reads of one moment.
 */
export interface Reader {
  get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined>;
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
}

/**
 * One command's part of a write group. It sees what earlier commands of the group wrote.
 * It must await nothing but its own calls: the whole group waits with it. It may be run again from the
 * start when a neighbour failed, so it must have no effect outside but by `afterCommit`.
 */
export interface Tx extends Reader {
  /** Runs a writing statement; answers the number of rows changed. */
  run(sql: string, ...values: Value[]): Promise<number>;
  /** Unix milliseconds, the same for the whole command. */
  readonly now: number;
  /** The request it is written for, for the audit; null for jobs and the operator's commands. */
  readonly requestId: string | null;
  /** Calls back once the group is durable, before the command's promise settles; never after a failure. */
  afterCommit(hook: () => void): void;
  /**
   * Says that this command deletes something that must not be found again: a minute after it no byte of that is in the
   * store's files (DEL3). Only rows that are changed in place may hold such things; see docs/decisions.
   */
  erased(): void;
}

/** Committed rows, from as many connections as are needed. */
export interface ReadStore extends Reader {
  /**
   * Several reads of one moment. Keep it short: a snapshot holds back the log's checkpoint. It waits while many others
   * are under way, so `work` must not ask for another.
   */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /** Settles when the store answers a read; rejects when it cannot. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Db extends ReadStore {
  /**
   * Runs a command in the next write group. The promise settles after the group's sync: what it answers is durable.
   * A throw undoes this command alone. `SW_STORE_FULL` or `SW_UNAVAILABLE` when the store cannot take it.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Waits for the writes under way, checkpoints, and lets go of the files. */
  close(): Promise<void>;
}
