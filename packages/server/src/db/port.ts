/** What a statement may be given. Anything else is refused: node:sqlite would bind a Date as NULL. */
export type Value = string | number | bigint | null | Uint8Array;

/** A statement that is put (see `Tx.put`), and of which several may go out as one. */
export interface Put {
  readonly sql: string;
  /** The same for so many rows, whose values are numbered on. */
  readonly many: (rows: number) => string;
  /** What a row is about: of several about one thing only the last is put. Each is about its own where this is missing. */
  readonly about?: (values: readonly Value[]) => string;
}

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
  /**
   * As `run`, where nobody asks what it changed: it is not waited for. What is read later sees it, and where it fails the
   * command has failed, whatever it answers. Before that it may change places with others that are put.
   */
  put(statement: Put, ...values: Value[]): void;
  /** Unix milliseconds, the same for the whole command. */
  readonly now: number;
  /**
   * The same object for all commands of one attempt at a group: between them nobody else writes to this command's tenant,
   * and nothing of them is undone. What is remembered of the newest rows counts under it alone.
   */
  readonly hold: object;
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

/**
 * What a command may touch. In one tenant, and so in the whole deployment, there is one writer at a time, on however many
 * nodes: what a command reads stays true until it is committed. A command with a `room` writes that room's rows alone,
 * besides what is nobody else's: its own receipt, and events, whose sequences `events/append.ts` gives. It may run beside
 * those of other rooms.
 */
export type WriteScope = { readonly tenantNo: number; readonly room?: string | undefined } | "deployment";

/** Committed rows, from as many connections as are needed. */
export interface ReadStore extends Reader {
  /**
   * Several reads of one moment. Keep it short: a snapshot holds back the log's checkpoint. It waits while many others
   * are under way, so `work` must not ask for another.
   */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /** Settles when the store answers a read; rejects when it cannot. */
  ping(): Promise<void>;
  /** What the engine itself finds wrong with its files, one sentence each; empty when they are sound. */
  damage(): Promise<string[]>;
  close(): Promise<void>;
}

export interface Db extends ReadStore {
  /**
   * Runs a command in the next write group of its scope. The promise settles after the group's sync: what it answers is durable.
   * A throw undoes this command alone. `SW_STORE_FULL` or `SW_UNAVAILABLE` when the store cannot take it.
   */
  write<T>(scope: WriteScope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Says that one command wrote as much as many do: what the store does now and then it had better look at now. */
  wroteMuch(): void;
  /** Waits for the writes under way, and lets go of files and connections. A repeat waits for the first. */
  close(): Promise<void>;
}
