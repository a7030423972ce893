import type { QueryResult } from "pg";
import type { Outcome } from "../command.ts";
import type { Put, Value } from "../port.ts";
import { type Attempting, CommandTx } from "./command-tx.ts";
import { isConflict, isLost, postgresFault } from "./faults.ts";
import type { Holding, RoomCommand } from "./lanes.ts";
import { Puts } from "./puts.ts";
import type { Session } from "./session.ts";

/** How an attempt to commit a group ended. */
export type Ended =
  | { kind: "committed"; outcomes: Outcome[]; hooks: (() => void)[]; hasErased: boolean }
  /** A command failed after it wrote: the others are to be run again without it. */
  | { kind: "without"; command: RoomCommand; outcome: Outcome }
  /** A statement for several commands failed: run again without such, it shows whose fault it is. */
  | { kind: "apart" }
  /** Nothing is kept, and the same again may succeed. */
  | { kind: "again"; error: unknown }
  /** The store failed. What is kept of it nobody knows where the answer to the commit was lost. */
  | { kind: "fault"; error: unknown };

/** Names our advisory locks among those of a database: "stai". */
const CLASS = 0x73_74_61_69;
/** No tenant has the number 0. */
const DEPLOYMENT = 0;

/**
 * One transaction over a group. Whoever writes holds a tenant, or the whole deployment, so that there is one writer for it
 * at a time on all nodes. Commands of different rooms run at once, one connection answering them in turn; all others run
 * alone.
 */
export class Attempt implements Attempting {
  readonly hold = {};
  readonly #session: Session;
  readonly #now: () => number;
  readonly #failed: ReadonlyMap<RoomCommand, Outcome>;
  readonly #isApart: boolean;
  readonly #puts = new Puts<CommandTx>();
  readonly #outcomes = new Map<RoomCommand, Outcome>();
  readonly #hooks: { tx: CommandTx; hook: () => void }[] = [];
  readonly #commands = new Map<CommandTx, RoomCommand>();
  readonly #erased = new Set<CommandTx>();
  readonly #refused = new Set<CommandTx>();
  /** The first statement that failed: the server refuses all after it. */
  #trouble: Trouble | undefined;
  /** The first command that failed after it wrote. */
  #undone: { command: RoomCommand; outcome: Outcome } | undefined;

  /** `failed` are those that came to nothing before, and `isApart` says that a statement for several did. */
  constructor(session: Session, now: () => number, failed: ReadonlyMap<RoomCommand, Outcome>, isApart: boolean) {
    this.#session = session;
    this.#now = now;
    this.#failed = failed;
    this.#isApart = isApart;
  }

  /** `join` adds to the group what has come meanwhile, and answers that. */
  async run(holding: Holding, group: readonly RoomCommand[], join: () => readonly RoomCommand[]): Promise<Ended> {
    // What follows is sent without waiting for it: a connection answers in order.
    const begun = this.#session.exec(beginning(holding)).catch((error) => this.#fail(undefined, error));
    await this.#runInOrder(group);
    // Whoever waited for its tenant has more to do by now: it goes with this group, not after another node's next one.
    await begun;
    if (!this.#isOver) await this.#runInOrder(join());
    const ended = this.#trouble === undefined ? this.#undone && withoutOf(this.#undone) : endOf(this.#trouble);
    if (ended === undefined) return this.#commit(group);
    if (ended.kind !== "without" && ended.kind !== "apart") return ended;
    try {
      await this.#session.exec("ROLLBACK");
      return ended;
    } catch (error) {
      return { kind: "again", error };
    }
  }

  async send(tx: CommandTx, sql: string, values: readonly Value[]): Promise<QueryResult> {
    if (this.#isOver) throw new Error("the write group has come to nothing");
    this.#sendPuts();
    const sent = this.#session.query(sql, values);
    try {
      return await sent;
    } catch (error) {
      this.#fail(this.#commands.get(tx), error);
      throw error;
    }
  }

  put(tx: CommandTx, statement: Put, values: readonly Value[]): void {
    if (this.#isOver) throw new Error("the write group has come to nothing");
    this.#puts.add(statement, tx, values);
  }

  afterCommit(tx: CommandTx, hook: () => void): void {
    this.#hooks.push({ tx, hook });
  }

  erased(tx: CommandTx): void {
    this.#erased.add(tx);
  }

  get #isOver(): boolean {
    return this.#trouble !== undefined || this.#undone !== undefined;
  }

  /** Those without a room by themselves, the others beside each other. */
  async #runInOrder(commands: readonly RoomCommand[]): Promise<void> {
    for (let next = 0; next < commands.length && !this.#isOver;) {
      const alone = commands[next]!.room === undefined;
      let end = next + 1;
      while (!alone && end < commands.length && commands[end]!.room !== undefined) end++;
      await this.#runRooms(commands.slice(next, end));
      next = end;
    }
  }

  /** Those of one room in their order, rooms beside each other. */
  async #runRooms(commands: readonly RoomCommand[]): Promise<void> {
    const rooms = new Map<string | undefined, Promise<void>>();
    for (const command of commands) {
      const before = rooms.get(command.room);
      rooms.set(command.room, before === undefined ? this.#runOne(command) : before.then(() => this.#runOne(command)));
    }
    await Promise.all(rooms.values());
  }

  async #runOne(command: RoomCommand): Promise<void> {
    const known = this.#failed.get(command);
    if (known !== undefined) return void this.#outcomes.set(command, known);
    if (this.#isOver) return;
    const tx = new CommandTx(this, this.#now(), command.requestId);
    this.#commands.set(tx, command);
    const outcome = await outcomeOf(command, tx);
    this.#outcomes.set(command, outcome);
    if (outcome.ok) return;
    this.#refused.add(tx);
    if (tx.hasWritten && this.#trouble === undefined) this.#undone ??= { command, outcome };
  }

  async #commit(group: readonly RoomCommand[]): Promise<Ended> {
    let answer: QueryResult;
    this.#sendPuts();
    try {
      answer = await this.#session.exec("COMMIT");
    } catch (error) {
      return isConflict(error) ? { kind: "again", error } : { kind: "fault", error };
    }
    // All that was sent before is answered by now, also what nobody waited for.
    if (this.#trouble !== undefined) return endOf(this.#trouble);
    if (answer.command !== "COMMIT") {
      return { kind: "fault", error: new Error(`the store answered a commit with ${answer.command}`) };
    }
    return {
      kind: "committed",
      outcomes: group.map((command) => this.#outcomes.get(command)!),
      hooks: this.#hooks.filter(({ tx }) => !this.#refused.has(tx)).map(({ hook }) => hook),
      hasErased: [...this.#erased].some((tx) => !this.#refused.has(tx)),
    };
  }

  /** They wait for nobody, and are sent before whatever may look at them. */
  #sendPuts(): void {
    for (const { sql, values, owner } of this.#puts.take(this.#isApart)) {
      const command = owner && this.#commands.get(owner);
      this.#session.query(sql, values).catch((error) => this.#fail(command, error, owner === undefined));
    }
  }

  #fail(command: RoomCommand | undefined, error: unknown, isOfSeveral = false): void {
    this.#trouble ??= { command, error, isOfSeveral };
  }
}

interface Trouble {
  command: RoomCommand | undefined;
  error: unknown;
  isOfSeveral: boolean;
}

function withoutOf({ command, outcome }: { command: RoomCommand; outcome: Outcome }): Ended {
  return { kind: "without", command, outcome };
}

/** A statement that the store did not take is its command's fault, whatever the command made of it, or the store's. */
function endOf({ command, error, isOfSeveral }: Trouble): Ended {
  if (isLost(error) || isConflict(error)) return { kind: "again", error };
  if (isOfSeveral && postgresFault(error) === undefined) return { kind: "apart" };
  if (command === undefined || postgresFault(error) !== undefined) return { kind: "fault", error };
  return { kind: "without", command, outcome: { ok: false, error } };
}

async function outcomeOf({ work }: RoomCommand, tx: CommandTx): Promise<Outcome> {
  try {
    return { ok: true, value: await work(tx) };
  } catch (error) {
    return { ok: false, error };
  } finally {
    tx.finish();
  }
}

function beginning(holding: Holding): string {
  const lock = (mode: string, no: number) => `SELECT pg_advisory_xact_lock${mode}(${CLASS}, ${no})`;
  // Whatever the database's default: at any higher level the moment that is read is that before the lock was had.
  const begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
  // Two numbers of 32 bits: tenants are counted from 1.
  return holding === "deployment"
    ? `${begin}; ${lock("", DEPLOYMENT)}`
    : `${begin}; ${lock("_shared", DEPLOYMENT)}; ${lock("", holding)}`;
}
