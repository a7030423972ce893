import type { Clock } from "../../lib/clock.ts";
import type { Timer, Timers } from "../../lib/timers.ts";
import { noteFailure } from "../../peers/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { BackOff } from "./back-off.ts";
import { compose } from "./compose.ts";
import { deliver, type DeliverParts } from "./deliver.ts";

export interface SenderParts extends DeliverParts {
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly timers: Timers;
}

/** How soon rooms are asked again whose hub said "not now". */
const LATER_MS = 1000;

/**
 * Tells one other server what it is due, one request at a time, in order in each room (FD16). It runs while there is
 * something to send, and rests after a failure; what our people propose meanwhile is tried at once all the same, since they
 * wait for it.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #tenant: Tenant;
  readonly #serverName: string;
  readonly #backOff = new BackOff();
  #running: Promise<void> | undefined;
  /** What was last noted of it; undefined before anything was. */
  #fault: string | null | undefined;
  #isWoken = false;
  #timer: Timer | undefined;
  /** When the rest ends, cut short or not; by the monotonic clock. */
  #restsUntil = 0;
  #isStopped = false;

  constructor(parts: SenderParts, tenant: Tenant, serverName: string) {
    this.#parts = parts;
    this.#tenant = tenant;
    this.#serverName = serverName;
  }

  /** There may be something to send. `urgent`: somebody waits for it, so that a rest is cut short. */
  wake(urgent = false): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    if (this.#running !== undefined || (this.#timer !== undefined && !urgent)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isWoken && this.#timer === undefined) this.wake();
    });
  }

  get isFailing(): boolean {
    return this.#backOff.isFailing;
  }

  /** The other server has said something: it is not away. */
  heard(): void {
    if (this.#timer !== undefined && this.#backOff.isFailing) this.wake(true);
  }

  /** Ends it; settles when the request under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { db, clock } = this.#parts;
    let skipped: ReadonlySet<number> = new Set();
    try {
      while (!this.#isStopped) {
        this.#isWoken = false;
        const batch = await compose(db, this.#tenant, this.#serverName, clock.now(), skipped);
        if (batch.length === 0) break;
        const { later, hasMoved } = await deliver(this.#parts, this.#tenant, this.#serverName, batch);
        await this.#noteFault(null);
        this.#backOff.succeeded();
        skipped = new Set([...skipped, ...later]);
        if (!hasMoved && later.size === 0) break;
      }
      if (skipped.size > 0) this.#rest(LATER_MS);
    } catch (error) {
      this.#parts.onFault(error);
      await this.#noteFault(error instanceof Error ? error.message : String(error));
      // Tries that somebody in a hurry asked for say nothing new of a server that is known to be away.
      const left = this.#restsUntil - this.#parts.clock.monotonic();
      this.#rest(left > 0 && this.#backOff.isFailing ? left : this.#backOff.failed());
    }
  }

  /** What administrators see of a server: why it could not be told anything, until it is told something again. */
  async #noteFault(fault: string | null): Promise<void> {
    const { tenantNo } = this.#tenant;
    if (fault === this.#fault) return;
    this.#fault = fault;
    await this.#parts.db
      .write({ tenantNo }, (tx) => noteFailure(tx, tenantNo, this.#serverName, fault))
      .catch(this.#parts.onFault);
  }

  #rest(milliseconds: number): void {
    if (this.#isStopped) return;
    this.#restsUntil = this.#parts.clock.monotonic() + milliseconds;
    this.#timer = this.#parts.timers.after(milliseconds, () => {
      this.#timer = undefined;
      this.wake();
    });
  }
}
