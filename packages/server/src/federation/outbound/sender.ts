import type { Clock } from "../../lib/clock.ts";
import type { Timer } from "../../lib/timers.ts";
import { noteFailure } from "../../peers/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { Asides } from "./asides.ts";
import { BackOff } from "./back-off.ts";
import { type Addressed, compose, MOST_ITEMS } from "./compose.ts";
import { deliver, type Delivered, type DeliverParts } from "./deliver.ts";
import { Flights } from "./flights.ts";
import { Pace } from "./pace.ts";
import { PeerRefused } from "./peer-refused.ts";
import { PeerTurn, type TurnParts } from "./peer-turn.ts";
import { Takings } from "./takings.ts";
import type { Why } from "./wakes.ts";

export interface SenderParts extends DeliverParts, TurnParts {
  readonly clock: Pick<Clock, "now" | "monotonic">;
  /** Tells the node whose turn it is that there is more. */
  readonly wakeOthers: (tenantNo: number, serverName: string, why: Why) => void;
}

/** Requests under way at a time: while one is answered there, the next is there already. */
const AT_ONCE = 2;

/** Rooms that are taken at a time after a first join; each may be a hundred thousand people. */
const MOST_TAKEN = 2;

/** So many requests are about one thing each, once a server has refused one that was about several. */
const APART = 50;

/**
 * Tells one other server what it is due, in order in each room (FD16), of which no two requests tell at a time. It runs while there is
 * something to send, and rests after a failure; what our people propose meanwhile is tried at once all the same, since they
 * wait for it.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #tenant: Tenant;
  readonly #serverName: string;
  readonly #turn: PeerTurn;
  readonly #backOff = new BackOff();
  readonly #pace: Pace;
  /** Rooms whose hub said "not now" to what is proposed there, and news to which the server did. */
  readonly #rooms = new Asides<number>();
  readonly #news = new Asides<number>();
  readonly #takings = new Takings();
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

  constructor(parts: SenderParts, tenant: Tenant, serverName: string) {
    this.#parts = parts;
    this.#tenant = tenant;
    this.#serverName = serverName;
    this.#turn = new PeerTurn(parts, tenant.tenantNo, serverName);
    this.#pace = new Pace(parts);
  }

  /** There may be something to send. `urgent`: somebody waits for it, so that a rest is cut short. */
  wake(urgent = false): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    if (urgent) {
      this.#isUrgent = true;
      this.#rooms.hurry();
      this.#pace.hurry();
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
    return this.#turn.mayBeOurs;
  }

  get tenantNo(): number {
    return this.#tenant.tenantNo;
  }

  get serverName(): string {
    return this.#serverName;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
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
    this.#pace.hurry();
    this.#timer?.cancel();
    this.#alarm?.cancel();
    await this.#running;
    await this.#takings.over();
    await this.#turn.give();
  }

  async #run(): Promise<void> {
    try {
      await this.#sendAll();
      this.#setAlarm();
      this.#turn.keep(() => this.#running !== undefined || this.#takings.size > 0);
    } catch (error) {
      this.#parts.onFault(error, this.#serverName);
      await this.#noteFault(error instanceof Error ? error.message : String(error));
      // Tries that somebody in a hurry asked for say nothing new of a server that is known to be away.
      const left = this.#restsUntil - this.#parts.clock.monotonic();
      const asked = error instanceof PeerRefused ? error.waitMs : 0;
      this.#rest(left > 0 && this.#backOff.isFailing ? left : this.#backOff.failed(asked));
    }
  }

  async #sendAll(): Promise<void> {
    const flights = new Flights();
    try {
      while (!this.#isStopped) {
        this.#isWoken = false;
        if (!(await this.#hasTurn())) break;
        const { unfinished } = flights;
        const batch = await this.#next(flights.told());
        if (batch.length === 0) {
          if (await flights.oneLands()) continue;
          break;
        }
        const isOfLogs = batch.every(({ kind }) => kind === "event");
        // What does not fill a request goes with what comes until the one before is answered.
        const isAlone = !isOfLogs || batch.length < MOST_ITEMS || this.#apart > 0 || this.#backOff.isFailing;
        if (isAlone && (await flights.oneLands())) continue;
        await flights.placeFor(batch, AT_ONCE);
        await this.#pace.keep();
        if (flights.unfinished !== unfinished) continue;
        const last = batch.at(-1)!;
        if (last.kind === "event") this.#after = last.roomNo;
        flights.start(batch, this.#send(batch));
        if (!isOfLogs) await flights.allLand();
        else if (this.#isWoken && !this.#isUrgent) await this.#pace.gather(roomsIn(batch).size, batch.length);
        await this.#takings.placeFor(MOST_TAKEN);
      }
      await flights.over();
      await flights.allLand();
    } finally {
      await flights.over();
    }
  }

  /** Takes the turn, or wakes the node that has it. */
  async #hasTurn(): Promise<boolean> {
    const why = this.#isUrgent ? "urgent" : "due";
    this.#isUrgent = false;
    const isOurs = await this.#turn.take();
    if (!isOurs) this.#parts.wakeOthers(this.#tenant.tenantNo, this.#serverName, why);
    return isOurs;
  }

  /** `told`: how far rooms are told by what is under way, or not noted yet. */
  #next(told: ReadonlyMap<number, number>): Promise<Addressed[]> {
    const { db, clock } = this.#parts;
    const now = clock.monotonic();
    return compose(db, this.#tenant, this.#serverName, {
      now: clock.now(),
      rooms: this.#rooms.at(now).union(this.#takings.rooms),
      news: this.#news.at(now),
      told,
      after: this.#after,
      isOthers: this.#isOthers,
      isApart: this.#apart > 0,
    });
  }

  async #send(batch: readonly Addressed[]): Promise<Delivered | undefined> {
    const delivered = await this.#deliver(batch);
    await this.#noteFault(null);
    this.#backOff.succeeded();
    return delivered;
  }

  /** Undefined where all goes again, one thing after the other. */
  async #deliver(batch: readonly Addressed[]): Promise<Delivered | undefined> {
    const isApart = this.#apart > 0;
    let delivered: Delivered;
    try {
      delivered = await deliver(this.#parts, this.#tenant, this.#serverName, batch, { isApart });
    } catch (error) {
      if (!(error instanceof PeerRefused) || !error.isOfContent) throw error;
      // One of them is what it does not take: whatever the others are, they are not to wait for that.
      this.#apart = APART;
      return undefined;
    }
    if (isApart) this.#apart--;
    this.#isOthers = batch[0]!.kind === "submit";
    const now = this.#parts.clock.monotonic();
    const { rooms, taking } = delivered;
    for (const [roomNo, taken] of taking)
      void this.#takings.start(roomNo, this.#take(roomNo, taken)).then(() => this.wake());
    for (const each of batch) {
      if (each.kind === "submit" && !rooms.has(each.roomNo) && !taking.has(each.roomNo))
        this.#rooms.delete(each.roomNo);
      if (each.kind === "outgoing" && !delivered.news.has(each.number)) this.#news.delete(each.number);
    }
    for (const [roomNo, isMoving] of rooms) {
      // Who takes some at a time, as they may be said, is not to be left alone for ever longer.
      if (isMoving) this.#rooms.delete(roomNo);
      this.#rooms.put(roomNo, now);
    }
    for (const number of delivered.news) this.#news.put(number, now);
    return delivered;
  }

  /** What was kept back of a room while it was taken goes on afterwards; what cannot be taken is asked for again later. */
  async #take(roomNo: number, taking: Promise<boolean>): Promise<void> {
    if (await taking) this.#rooms.delete(roomNo);
    else this.#rooms.put(roomNo, this.#parts.clock.monotonic());
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

function roomsIn(batch: readonly Addressed[]): ReadonlySet<number> {
  return new Set(batch.flatMap((each) => (each.kind === "event" ? [each.roomNo] : [])));
}
