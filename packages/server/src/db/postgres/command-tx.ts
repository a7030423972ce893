import type { QueryResult } from "pg";
import { checked } from "../bindable.ts";
import type { Put, Tx, Value } from "../port.ts";

/** What a command's handle needs of the attempt that it is part of. */
export interface Attempting {
  readonly hold: object;
  /** Sends a statement; throws once the attempt has come to nothing. */
  send(tx: CommandTx, sql: string, values: readonly Value[]): Promise<QueryResult>;
  /** Sends a statement that nobody waits for; its failure is the command's. */
  put(tx: CommandTx, statement: Put, values: readonly Value[]): void;
  /** Calls back once it is durable, in the order of these calls. */
  afterCommit(tx: CommandTx, hook: () => void): void;
  erased(tx: CommandTx): void;
}

/** A transaction handle for one command; it refuses further use once the command has answered. */
export class CommandTx implements Tx {
  readonly now: number;
  readonly requestId: string | null;
  readonly #attempt: Attempting;
  #isFinished = false;
  hasWritten = false;

  constructor(attempt: Attempting, now: number, requestId: string | null) {
    this.#attempt = attempt;
    this.now = now;
    this.requestId = requestId;
  }

  get hold(): object {
    return this.#attempt.hold;
  }

  async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return (await this.#send(sql, values)).rows[0] as Row | undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return (await this.#send(sql, values)).rows as Row[];
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    this.hasWritten = true;
    return (await this.#send(sql, values)).rowCount ?? 0;
  }

  put(statement: Put, ...values: Value[]): void {
    this.hasWritten = true;
    this.#assertUsable();
    this.#attempt.put(this, statement, checked(values));
  }

  afterCommit(hook: () => void): void {
    this.#attempt.afterCommit(this, hook);
  }

  erased(): void {
    this.#attempt.erased(this);
  }

  /** The command has answered. */
  finish(): void {
    this.#isFinished = true;
  }

  #send(sql: string, values: readonly Value[]): Promise<QueryResult> {
    this.#assertUsable();
    return this.#attempt.send(this, sql, values);
  }

  #assertUsable(): void {
    if (this.#isFinished) throw new Error("a finished command used its transaction");
  }
}
