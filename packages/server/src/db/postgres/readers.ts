import type { QueryResult } from "pg";
import type { Reader, Value } from "../port.ts";
import { isLost, isSilence, postgresFault } from "./faults.ts";
import { Session, type SessionOptions } from "./session.ts";

/** Connections for single reads; statements of many requests are under way on each. */
const MOST = 6;

interface Slot {
  session: Promise<Session> | undefined;
  inFlight: number;
}

/** Committed rows, read over the connection that has the least to do. */
export class Readers implements Reader {
  readonly #options: SessionOptions;
  readonly #slots: Slot[] = Array.from({ length: MOST }, () => ({ session: undefined, inFlight: 0 }));
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return (await this.#read(sql, values)).rows[0] as Row | undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return (await this.#read(sql, values)).rows as Row[];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#slots.map(async ({ session }) => (await session?.catch(() => undefined))?.close()));
  }

  /**
   * A read changes nothing, so one that lost its connection is asked again over another. Others may be lost too without
   * having heard of it: only one that was opened for this read says that the server is away. Whoever has waited in vain for
   * an answer has waited enough.
   */
  async #read(sql: string, values: readonly Value[]): Promise<QueryResult> {
    for (let lost = 0; ; lost++) {
      const slot = this.#leastBusy();
      slot.inFlight++;
      try {
        return await (await this.#sessionOf(slot)).query(sql, values);
      } catch (error) {
        if (!isLost(error) || isSilence(error) || lost === MOST) throw postgresFault(error) ?? error;
      } finally {
        slot.inFlight--;
      }
    }
  }

  #leastBusy(): Slot {
    let least = this.#slots[0]!;
    for (const slot of this.#slots) if (slot.inFlight < least.inFlight) least = slot;
    return least;
  }

  async #sessionOf(slot: Slot): Promise<Session> {
    if (this.#isClosed) throw new Error("the store is closed");
    const opening = (slot.session ??= Session.open(this.#options));
    try {
      const session = await opening;
      if (session.isUsable) return session;
      if (slot.session === opening) slot.session = undefined;
    } catch (error) {
      if (slot.session === opening) slot.session = undefined;
      throw error;
    }
    return this.#sessionOf(slot);
  }
}
