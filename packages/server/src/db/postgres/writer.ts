import { setTimeout as wait } from "node:timers/promises";
import { callBack, GROUP_SIZE, type Outcome } from "../command.ts";
import { systemClock } from "../../lib/clock.ts";
import { Attempt, type Ended } from "./attempt.ts";
import { postgresFault } from "./faults.ts";
import type { Holding, RoomCommand, Take } from "./lanes.ts";
import type { SessionOptions } from "./session.ts";
import { type Slot, Slots } from "./slots.ts";

/** Connections that write; tenants that write at the same time share them. */
export const WRITERS = 4;
/** Attempts of a group that met others, or whose connection was lost before it committed. */
const ATTEMPTS = 5;
const PAUSE_MS = 10;
/** A statement of a writer, the wait for its tenant included. */
const PATIENCE_MS = 30_000;

/** A node that stops in the midst of a group must not hold its tenant for ever. */
const SETTINGS = {
  idle_in_transaction_session_timeout: 15_000,
  lock_timeout: 20_000,
  // Rows that are put together are joined to what they change, by its key.
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};

/** A group that others join while it waits for its tenant. */
interface Growing {
  readonly holding: Holding;
  readonly group: RoomCommand[];
  readonly join: () => readonly RoomCommand[];
}

export interface WriterParts {
  readonly session: SessionOptions;
  readonly now: () => number;
  readonly onGroup: (commands: number, milliseconds: number) => void;
  readonly onErased: () => void;
}

/** Commits groups, each over a connection of its own while it lasts. */
export class Writer {
  readonly #parts: WriterParts;
  readonly #slots: Slots;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    const { session } = parts;
    this.#slots = new Slots(
      { ...session, patienceMs: PATIENCE_MS, settings: { ...session.settings, ...SETTINGS } },
      WRITERS,
    );
  }

  /** Commits what waits once a connection is free, and answers it. */
  commit(holding: Holding, take: Take): Promise<void> {
    return this.#slots.with(async (slot) => {
      const started = systemClock.monotonic();
      const group = take(GROUP_SIZE);
      const join = () => {
        const more = take(GROUP_SIZE - group.length);
        group.push(...more);
        return more;
      };
      const outcomes = await this.#outcomesOf(slot, { holding, group, join });
      this.#parts.onGroup(group.length, systemClock.monotonic() - started);
      group.forEach((command, i) => command.settle(outcomes[i]!));
    });
  }

  close(): Promise<void> {
    return this.#slots.close();
  }

  async #outcomesOf(slot: Slot, growing: Growing): Promise<Outcome[]> {
    const { group } = growing;
    const failed = new Map<RoomCommand, Outcome>();
    let isApart = false;
    for (let attempts = 1; ;) {
      const ended = await this.#attempt(slot, growing, { failed, isApart });
      if (ended.kind === "committed") {
        for (const hook of ended.hooks) callBack(hook);
        if (ended.hasErased) this.#parts.onErased();
        return ended.outcomes;
      }
      if (ended.kind === "without") failed.set(ended.command, ended.outcome);
      else if (ended.kind === "apart") isApart = true;
      else if (ended.kind === "fault" || attempts++ >= ATTEMPTS) {
        const error = postgresFault(ended.error) ?? ended.error;
        return group.map(() => ({ ok: false, error }));
      } else await wait(PAUSE_MS * attempts * (0.5 + Math.random()));
    }
  }

  async #attempt(
    slot: Slot,
    { holding, group, join }: Growing,
    { failed, isApart }: { failed: ReadonlyMap<RoomCommand, Outcome>; isApart: boolean },
  ): Promise<Ended> {
    let ended: Ended;
    try {
      const attempt = new Attempt(await slot.session(), this.#parts.now, failed, isApart);
      ended = await attempt.run(holding, group, join);
    } catch (error) {
      // Where nobody can connect the commands are answered at once.
      ended = { kind: "fault", error };
    }
    // Of a connection that failed nothing is trusted; the next attempt opens another.
    if (ended.kind === "again" || ended.kind === "fault") await slot.drop();
    return ended;
  }
}
