import { StairwellError } from "@stairwell/protocol";
import { type Command, commandOf } from "../command.ts";
import type { Tx, WriteScope } from "../port.ts";

/** A command with the one room it writes to, if it says so. */
export interface RoomCommand extends Command {
  readonly room: string | undefined;
}

/** Whom a group has for itself while it writes; all tenants where none is named. */
export type Holding = number | "deployment";

/** Takes so many of the commands that wait, in their order, or as many as there are. */
export type Take = (most: number) => RoomCommand[];

/** Commits a group; it answers all of its commands, and never throws. */
export type CommitGroup = (holding: Holding, take: Take) => Promise<void>;

/**
 * One lane a tenant that has work: its commands form groups, one group at a time. While one is committed, the next
 * gathers; lanes of other tenants go on meanwhile. A lone command is committed at once; there is no timer.
 */
export class Lanes {
  readonly #commit: CommitGroup;
  readonly #lanes = new Map<Holding, { waiting: RoomCommand[]; running: Promise<void> }>();
  #closed = false;

  constructor(commit: CommitGroup) {
    this.#commit = commit;
  }

  write<T>(scope: WriteScope, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#closed)
      return Promise.reject(new StairwellError("SW_UNAVAILABLE", { message: "The server is stopping." }));
    const { command, answer } = commandOf(work);
    const [holding, room] = scope === "deployment" ? [scope, undefined] : [scope.tenantNo, scope.room];
    const lane = this.#lanes.get(holding);
    if (lane !== undefined) lane.waiting.push({ ...command, room });
    else {
      const waiting = [{ ...command, room }];
      this.#lanes.set(holding, { waiting, running: this.#drain(holding, waiting) });
    }
    return answer;
  }

  /** Takes no more commands, and waits for those under way. */
  async stop(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#lanes.values()].map(({ running }) => running));
  }

  async #drain(holding: Holding, waiting: RoomCommand[]): Promise<void> {
    while (waiting.length > 0) {
      // Requests that were read in this turn of the loop join the group before it starts.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commit(holding, (most) => waiting.splice(0, most));
    }
    this.#lanes.delete(holding);
  }
}
