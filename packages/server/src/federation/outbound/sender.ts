import type { Clock } from "../../lib/clock.ts";
import type { Timer, Timers } from "../../lib/timers.ts";
import type { Turns } from "../../nodes/index.ts";
import { noteFailure } from "../../peers/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { Asides } from "./asides.ts";
import { BackOff } from "./back-off.ts";
import { type Addressed, compose } from "./compose.ts";
import { deliver, type DeliverParts } from "./deliver.ts";
import { PeerRefused } from "./peer-refused.ts";
import type { Why } from "./wakes.ts";

export interface SenderParts extends DeliverParts {
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly timers: Timers;
  /** One node at a time tells a server: two would do it twice, and ask one that is away twice as often. */
  readonly turns: Turns;
  /** Tells the node whose turn it is that there is more. */
  readonly wakeOthers: (tenantNo: number, serverName: string, why: Why) => void;
}

/** So many requests are about one thing each, once a server has refused one that was about several. */
const APART = 50;
/** A turn is kept for so long after there was something to send. */
const KEEP_TURN_MS = 5000;

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
  /** Rooms whose hub said "not now" to what is proposed there, and news to which the server did. */
  readonly #rooms = new Asides<number>();
  readonly #news = new Asides<number>();
  #running: Promise<void> | undefined;
  /** What was last noted of it; undefined before anything was. */
  #fault: string | null | undefined;
  #isWoken = false;
  #alarm: Timer | undefined;
  /** While it rests. */
  #timer: Timer | undefined;
  /** When the rest ends, cut short or not; by the monotonic clock. */
  #restsUntil = 0;
  #isStopped = false;
  /** The room whose log was the last to have its turn. */
  #after = 0;
  #isOthers = false;
  #apart = 0;
  #isUrgent = false;
  #isOurs = false;
  #endOfTurn: Timer | undefined;
  #giving: Promise<void> | undefined;

  constructor(parts: SenderParts, tenant: Tenant, serverName: string) {
    this.#parts = parts;
    this.#tenant = tenant;
    this.#serverName = serverName;
  }

  /** There may be something to send. `urgent`: somebody waits for it, so that a rest is cut short. */
  wake(urgent = false): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    if (urgent) {
      this.#isUrgent = true;
      this.#rooms.hurry();
    }
    if (this.#running !== undefined || (this.#timer !== undefined && !urgent)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isWoken && this.#timer === undefined) this.wake();
    });
  }

  /** Whether it is this node that tells the server, or was until just now. */
  get hasTurn(): boolean {
    return this.#isOurs || this.#giving !== undefined;
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
    this.#alarm?.cancel();
    await this.#running;
    await this.#giveTurn();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isStopped) {
        this.#isWoken = false;
        if (!(await this.#hasTurn())) return;
        const batch = await this.#next();
        if (batch.length === 0) break;
        await this.#send(batch);
        await this.#noteFault(null);
        this.#backOff.succeeded();
      }
      this.#setAlarm();
      this.#keepTurn();
    } catch (error) {
      this.#parts.onFault(error);
      await this.#noteFault(error instanceof Error ? error.message : String(error));
      // Tries that somebody in a hurry asked for say nothing new of a server that is known to be away.
      const left = this.#restsUntil - this.#parts.clock.monotonic();
      const asked = error instanceof PeerRefused ? error.waitMs : 0;
      this.#rest(left > 0 && this.#backOff.isFailing ? left : this.#backOff.failed(asked));
    }
  }

  /** Takes the turn, or wakes the node that has it. */
  async #hasTurn(): Promise<boolean> {
    const { turns, wakeOthers, db } = this.#parts;
    const urgent = this.#isUrgent;
    this.#isUrgent = false;
    if (!turns.isShared) return true;
    this.#endOfTurn?.cancel();
    await this.#giving;
    // Whoever hung was taken for dead: then another node is at it.
    if (this.#isOurs && (await turns.holds(db, this.#turn))) return true;
    this.#isOurs = await turns.take(this.#turn);
    if (!this.#isOurs) wakeOthers(this.#tenant.tenantNo, this.#serverName, urgent ? "urgent" : "due");
    return this.#isOurs;
  }

  /** Who comes next is asked to wait for a little: what is said seldom comes alone. */
  #keepTurn(): void {
    if (!this.#isOurs || this.#isStopped) return;
    this.#endOfTurn?.cancel();
    this.#endOfTurn = this.#parts.timers.after(KEEP_TURN_MS, () => void this.#giveTurn().catch(this.#parts.onFault));
  }

  async #giveTurn(): Promise<void> {
    this.#endOfTurn?.cancel();
    if (!this.#isOurs || (this.#running !== undefined && !this.#isStopped)) return;
    this.#isOurs = false;
    this.#giving = this.#parts.turns.end(this.#turn).finally(() => (this.#giving = undefined));
    await this.#giving;
  }

  get #turn(): string {
    return `tell ${this.#tenant.tenantNo} ${this.#serverName}`;
  }

  #next(): Promise<Addressed[]> {
    const { db, clock } = this.#parts;
    const now = clock.monotonic();
    return compose(db, this.#tenant, this.#serverName, {
      now: clock.now(),
      rooms: this.#rooms.at(now),
      news: this.#news.at(now),
      after: this.#after,
      isOthers: this.#isOthers,
      isApart: this.#apart > 0,
    });
  }

  async #send(batch: readonly Addressed[]): Promise<void> {
    const isApart = this.#apart > 0;
    let delivered;
    try {
      delivered = await deliver(this.#parts, this.#tenant, this.#serverName, batch, { isApart });
    } catch (error) {
      if (!(error instanceof PeerRefused) || !error.isOfContent) throw error;
      // One of them is what it does not take: whatever the others are, they are not to wait for that.
      this.#apart = APART;
      return;
    }
    if (isApart) this.#apart--;
    this.#isOthers = batch[0]!.kind === "submit";
    const last = batch.at(-1)!;
    if (last.kind === "event") this.#after = last.roomNo;
    const now = this.#parts.clock.monotonic();
    for (const each of batch) {
      if (each.kind === "submit" && !delivered.rooms.has(each.roomNo)) this.#rooms.delete(each.roomNo);
      if (each.kind === "outgoing" && !delivered.news.has(each.number)) this.#news.delete(each.number);
    }
    for (const roomNo of delivered.rooms) this.#rooms.put(roomNo, now);
    for (const number of delivered.news) this.#news.put(number, now);
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

  /** What was set aside is tried again, whatever else happens until then. */
  #setAlarm(): void {
    this.#alarm?.cancel();
    const now = this.#parts.clock.monotonic();
    const next = Math.min(this.#rooms.next(now) ?? Infinity, this.#news.next(now) ?? Infinity);
    if (next < Infinity && !this.#isStopped) this.#alarm = this.#parts.timers.after(next - now, () => this.wake());
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
