import type { Db } from "../../db/index.ts";
import type { Timer, Timers } from "../../lib/timers.ts";
import type { Turns } from "../../nodes/index.ts";

export interface TurnParts {
  readonly db: Db;
  readonly timers: Timers;
  /** One node at a time tells a server: two would do it twice, and ask one that is away twice as often. */
  readonly turns: Turns;
  readonly onFault: (error: unknown, peer?: string) => void;
}

/** A turn is kept for so long after there was something to send. */
const KEEP_MS = 5000;

/** This node's turn to tell one other server, among the nodes that share the store. */
export class PeerTurn {
  readonly #parts: TurnParts;
  readonly #name: string;
  #isOurs = false;
  #end: Timer | undefined;
  #giving: Promise<void> | undefined;

  constructor(parts: TurnParts, tenantNo: number, serverName: string) {
    this.#parts = parts;
    this.#name = `tell ${tenantNo} ${serverName}`;
  }

  /** Whether it is ours, or was until just now. */
  get mayBeOurs(): boolean {
    return this.#isOurs || this.#giving !== undefined;
  }

  /** Takes it, or finds that another node has it. */
  async take(): Promise<boolean> {
    const { turns, db } = this.#parts;
    if (!turns.isShared) return true;
    this.#end?.cancel();
    await this.#giving;
    // Whoever hung was taken for dead: then another node is at it.
    if (this.#isOurs && (await turns.holds(db, this.#name))) return true;
    return (this.#isOurs = await turns.take(this.#name));
  }

  /** There is nothing to send now. Who comes next waits for a little: what is said seldom comes alone. */
  keep(isBusy: () => boolean): void {
    if (!this.#isOurs) return;
    this.#end?.cancel();
    this.#end = this.#parts.timers.after(KEEP_MS, () => {
      if (!isBusy()) this.give().catch(this.#parts.onFault);
    });
  }

  async give(): Promise<void> {
    this.#end?.cancel();
    if (!this.#isOurs) return;
    this.#isOurs = false;
    this.#giving = this.#parts.turns.end(this.#name).finally(() => (this.#giving = undefined));
    await this.#giving;
  }
}
