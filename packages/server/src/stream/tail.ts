import { Type } from "@stairwell/protocol/schema";
import { MEMBER } from "@stairwell/protocol/room";
import { type Bus, type Channel, channelOf } from "../bus/index.ts";
import type { ReadStore } from "../db/index.ts";
import { listTenantBetween, type RoomRef, type StoredEvent } from "../events/index.ts";
import { type Change, listChangesAfter } from "../nodes/index.ts";
import { listHeads } from "./tail.store.ts";
import { type OnItsWay, withdraw } from "./withdraw.ts";

export interface TailParts {
  db: ReadStore;
  bus: Bus;
  hub: {
    committed(at: RoomRef, events: readonly StoredEvent[]): void;
    /** Settles when what was committed is with its receivers. */
    delivered(): Promise<void>;
    withdraw(at: RoomRef, event: StoredEvent): void;
    hasListeners(tenantNo: number): boolean;
    heardRooms(tenantNo: number): { readonly roomNos: readonly number[]; readonly growth: number };
  };
  /** A tenant is followed from here on: what is remembered of it may be older. */
  onFollow: (tenantNo: number) => void;
  /** What changed that is no event; undefined: too much of it was missed, so anything may have. */
  onChanges: (tenantNo: number, changes: readonly Change[] | undefined) => void;
  onFault: (error: unknown) => void;
}

interface Followed {
  /** Settles when it is known from where on. */
  readonly begun: Promise<void>;
  /** All up to this sequence was handed on; undefined until it is known where to begin. */
  seq: number | undefined;
  change: number;
  /** Own commits of this turn. */
  own: OnItsWay[];
  /** Own commits, in order, that wait for what others committed before them. */
  kept: OnItsWay[];
  isReading: boolean;
  /** The next page is to be of all rooms. */
  isOfAll: boolean;
  /** There may be more in the rows than what was seen and is kept. */
  isBehind: boolean;
  /** Polls without anybody listening. */
  idle: number;
}

/** How often heads are looked at, in milliseconds: with a bus that wakes, and without. */
const PACE = { well: 500, down: 200 } as const;
const PAGE = 200;
/** So many own commits wait for those of others; what comes beyond is read from rows as well. */
const MOST_KEPT = 4096;
/** Where more rooms than this are listened to here, the others are read as well. */
const MOST_ROOMS = 256;
/** A tenant is let go of after so many polls without a listener: long polls come back at once. */
const MOST_IDLE = 60;
/** So many tenants are asked for in one statement. */
const ASKED = 256;

const Committed = Type.Object({ tenant: Type.Integer(), seq: Type.Integer() });
const Changed = Type.Object({ tenant: Type.Integer() });

/**
 * Hands every event of the tenants that are listened to here to the hub, in the order of their commits and once, whichever
 * node committed it. Own commits come in directly where they are the next, and are kept for a moment where others committed
 * before them; all else is read from rows. What wakes it (the bus, an own commit, the clock) may fail, lie or come twice: it
 * only looks sooner.
 */
export class Tail {
  readonly #parts: TailParts;
  readonly #tenants = new Map<number, Followed>();
  readonly #committed: Channel<{ tenant: number; seq: number }>;
  readonly #changed: Channel<{ tenant: number }>;
  /** What this turn committed, to be told. */
  readonly #toTell = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: TailParts) {
    this.#parts = parts;
    this.#committed = channelOf(parts.bus, "committed", Committed);
    this.#changed = channelOf(parts.bus, "changed", Changed);
    this.#committed.hear(({ tenant, seq }) => {
      const followed = this.#tenants.get(tenant);
      if (followed !== undefined) this.#reach(tenant, followed, seq);
    });
    this.#changed.hear(({ tenant }) => void this.#look([tenant]));
    this.#schedule();
  }

  /** Follows a tenant for as long as somebody listens. Once it settles, every event committed from then on comes. */
  follow(tenantNo: number): Promise<void> {
    const known = this.#tenants.get(tenantNo);
    if (known !== undefined) {
      known.idle = 0;
      return known.begun;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const followed: Followed = {
      begun: promise,
      seq: undefined,
      change: 0,
      own: [],
      kept: [],
      isReading: false,
      isOfAll: false,
      isBehind: false,
      idle: 0,
    };
    this.#tenants.set(tenantNo, followed);
    this.#begin(tenantNo, followed).then(resolve, (error: unknown) => {
      this.#tenants.delete(tenantNo);
      reject(error as Error);
    });
    return promise;
  }

  /** Takes what this node committed. */
  own(at: RoomRef, events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    const { tenantNo } = at;
    this.#tell(tenantNo, events.at(-1)!.seq);
    const followed = this.#tenants.get(tenantNo);
    if (followed === undefined) return;
    for (const event of events) {
      this.#parts.hub.withdraw(at, event);
      for (const waiting of [followed.kept, followed.own]) withdraw(waiting, at, event);
      followed.own.push({ at, event });
    }
    // The rooms of one commit are told one after the other, in this turn: only together they are in order.
    if (followed.own.length === events.length) queueMicrotask(() => this.#takeOwn(tenantNo, followed));
  }

  /** This node changed something that is no event. */
  changed(tenantNo: number): void {
    this.#changed.tell({ tenant: tenantNo });
    void this.#look([tenantNo]);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#tenants.clear();
  }

  async #begin(tenantNo: number, followed: Followed): Promise<void> {
    const [heads] = await listHeads(this.#parts.db, [tenantNo]);
    followed.change = heads?.change ?? 0;
    followed.seq = heads?.seq ?? 0;
    this.#parts.onFollow(tenantNo);
    this.#wake(tenantNo, followed);
  }

  #takeOwn(tenantNo: number, followed: Followed): void {
    const own = followed.own.splice(0);
    const room = Math.max(0, MOST_KEPT - followed.kept.length);
    followed.isBehind ||= own.length > room;
    followed.kept = [...followed.kept, ...own.slice(0, room)].toSorted((a, b) => a.event.seq - b.event.seq);
    this.#wake(tenantNo, followed);
  }

  /** Hands on what is kept, as far as nothing is missing before it. */
  #handOn(followed: Followed): void {
    if (followed.seq === undefined) return;
    let taken = 0;
    for (const { at, event } of followed.kept) {
      if (event.seq > followed.seq + 1) break;
      taken++;
      if (event.seq <= followed.seq) continue;
      followed.seq = event.seq;
      this.#parts.hub.committed(at, [event]);
    }
    followed.kept.splice(0, taken);
  }

  /** The tenant's commits go on to this sequence at the least. */
  #reach(tenantNo: number, followed: Followed, seq: number): void {
    if (followed.seq === undefined || seq > (followed.kept.at(-1)?.event.seq ?? followed.seq)) followed.isBehind = true;
    this.#wake(tenantNo, followed);
  }

  /** Reads on from the rows, if anything is missing and that is not under way. */
  #wake(tenantNo: number, followed: Followed): void {
    if (followed.isReading || followed.seq === undefined || this.#isStopped) return;
    if (!this.#isMissing(followed)) return;
    followed.isReading = true;
    // The next poll sees what a failed reading left.
    this.#read(tenantNo, followed).catch(this.#parts.onFault);
  }

  /** Reads what was committed before the first that is kept, and hands that on, until nothing is missing. */
  async #read(tenantNo: number, followed: Followed): Promise<void> {
    const { hub } = this.#parts;
    try {
      while (this.#isMissing(followed) && this.#tenants.get(tenantNo) === followed) {
        await this.#readPage(tenantNo, followed);
        // Whoever is behind reads no more than is taken.
        await hub.delivered();
      }
    } catch (error) {
      // What is kept must not grow old: meanwhile it may be redacted elsewhere.
      followed.kept = [];
      followed.isBehind = true;
      throw error;
    } finally {
      // In the same turn as the last look at what is missing.
      followed.isReading = false;
    }
  }

  async #readPage(tenantNo: number, followed: Followed): Promise<void> {
    const { db, hub } = this.#parts;
    const before = followed.kept[0]?.event.seq;
    const { roomNos, growth } = hub.heardRooms(tenantNo);
    const isOfAll = followed.isOfAll || roomNos.length > MOST_ROOMS;
    followed.isOfAll = false;
    followed.isBehind &&= before !== undefined;
    const stretch = { tenantNo, after: followed.seq!, before: before ?? Infinity };
    const page = await listTenantBetween(db, isOfAll ? stretch : { ...stretch, roomNos }, PAGE);
    // Somebody who began to listen to a room meanwhile, or comes into one by what is read, misses what was left out of it.
    const hasLeftOut = () => !isOfAll && hub.heardRooms(tenantNo).growth !== growth;
    for (const { at, event } of hasLeftOut() ? [] : page.events) {
      hub.committed(at, [event]);
      followed.seq = event.seq;
      if (event.eventType === MEMBER) await hub.delivered();
      if (hasLeftOut()) break;
    }
    if (hasLeftOut()) followed.isOfAll = true;
    else followed.seq = page.isEnd && before !== undefined ? before - 1 : page.upTo;
    followed.isBehind ||= before === undefined && (followed.isOfAll || !page.isEnd);
  }

  /** Whether rows are to be read; what is next by now is handed on first. */
  #isMissing(followed: Followed): boolean {
    this.#handOn(followed);
    return followed.kept.length > 0 || followed.isBehind;
  }

  /** Tells the others once a turn. */
  #tell(tenantNo: number, seq: number): void {
    if (this.#toTell.size === 0) {
      setImmediate(() => {
        for (const [tenant, newest] of this.#toTell) this.#committed.tell({ tenant, seq: newest });
        this.#toTell.clear();
      });
    }
    this.#toTell.set(tenantNo, Math.max(seq, this.#toTell.get(tenantNo) ?? 0));
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(
      () => {
        this.#letGo();
        const tenants = [...this.#tenants.keys()];
        const looks: Promise<void>[] = [];
        for (let i = 0; i < tenants.length; i += ASKED) looks.push(this.#look(tenants.slice(i, i + ASKED)));
        void Promise.all(looks).finally(() => this.#schedule());
      },
      this.#parts.bus.isWell ? PACE.well : PACE.down,
    ).unref();
  }

  #letGo(): void {
    for (const [tenantNo, followed] of this.#tenants) {
      if (this.#parts.hub.hasListeners(tenantNo)) followed.idle = 0;
      else if (++followed.idle > MOST_IDLE) this.#tenants.delete(tenantNo);
    }
  }

  /** Compares heads, and reads on where they are ahead. Never rejects: the next look is soon. */
  async #look(tenantNos: readonly number[]): Promise<void> {
    try {
      const asked = tenantNos.filter((tenantNo) => this.#tenants.get(tenantNo)?.seq !== undefined);
      for (const { tenantNo, seq, change } of await listHeads(this.#parts.db, asked)) {
        const followed = this.#tenants.get(tenantNo);
        if (followed?.seq === undefined) continue;
        this.#reach(tenantNo, followed, seq);
        if (change > followed.change) await this.#readChanges(tenantNo, followed);
      }
    } catch (error) {
      this.#parts.onFault(error);
    }
  }

  async #readChanges(tenantNo: number, followed: Followed): Promise<void> {
    for (;;) {
      const after = followed.change;
      const changes = await listChangesAfter(this.#parts.db, tenantNo, after, PAGE);
      // Another look was quicker.
      if (followed.change !== after) return;
      if (changes.length === 0) return;
      followed.change = changes.at(-1)!.number;
      this.#parts.onChanges(tenantNo, changes[0]!.number === after + 1 ? changes : undefined);
      if (changes.length < PAGE) return;
    }
  }
}
