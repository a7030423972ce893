import { Type } from "@stairwell/protocol/schema";
import { type Bus, type Channel, channelOf } from "../bus/index.ts";
import type { ReadStore } from "../db/index.ts";
import { listTenantAfter, type RoomRef, type StoredEvent } from "../events/index.ts";
import { type Change, listChangesAfter } from "../nodes/index.ts";
import { listHeads } from "./tail.store.ts";

export interface TailParts {
  db: ReadStore;
  bus: Bus;
  hub: {
    committed(at: RoomRef, events: readonly StoredEvent[]): void;
    /** Settles when what was committed is with its receivers. */
    delivered(): Promise<void>;
    withdraw(at: RoomRef, event: StoredEvent): void;
    hasListeners(tenantNo: number): boolean;
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
  own: { at: RoomRef; event: StoredEvent }[];
  isReading: boolean;
  /** There is more in the rows than was seen. */
  isBehind: boolean;
  /** Polls without anybody listening. */
  idle: number;
}

/** How often heads are looked at, in milliseconds: with a bus that wakes, and without. */
const PACE = { well: 500, down: 200 } as const;
const PAGE = 200;
/** A tenant is let go of after so many polls without a listener: long polls come back at once. */
const MOST_IDLE = 60;
/** So many tenants are asked for in one statement. */
const ASKED = 256;

const Committed = Type.Object({ tenant: Type.Integer(), seq: Type.Integer() });
const Changed = Type.Object({ tenant: Type.Integer() });

/**
 * Hands every event of the tenants that are listened to here to the hub, in the order of their commits and once, whichever
 * node committed it. Own commits come in directly where they are the next; all else is read from rows. What wakes it (the
 * bus, an own commit, the clock) may fail, lie or come twice: it only looks sooner.
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
      if (followed?.seq !== undefined && seq > followed.seq) this.#wake(tenant, followed);
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
      isReading: false,
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
    if (followed.isBehind) this.#wake(tenantNo, followed);
  }

  #takeOwn(tenantNo: number, followed: Followed): void {
    const own = followed.own.splice(0).toSorted((a, b) => a.event.seq - b.event.seq);
    for (const { at, event } of own) {
      if (followed.isReading || followed.seq === undefined || event.seq > followed.seq + 1) {
        this.#wake(tenantNo, followed);
        return;
      }
      if (event.seq <= followed.seq) continue;
      followed.seq = event.seq;
      this.#parts.hub.committed(at, [event]);
    }
  }

  /** Reads on from the rows, unless that is under way: then once more. */
  #wake(tenantNo: number, followed: Followed): void {
    followed.isBehind = true;
    if (followed.isReading || followed.seq === undefined || this.#isStopped) return;
    followed.isReading = true;
    // The next poll sees what a failed reading left.
    this.#read(tenantNo, followed).catch(this.#parts.onFault);
  }

  async #read(tenantNo: number, followed: Followed): Promise<void> {
    const { db, hub } = this.#parts;
    try {
      while (followed.isBehind && this.#tenants.get(tenantNo) === followed) {
        followed.isBehind = false;
        const page = await listTenantAfter(db, tenantNo, followed.seq!, PAGE);
        for (const { at, event } of page.events) hub.committed(at, [event]);
        followed.seq = page.upTo;
        followed.isBehind ||= !page.isEnd;
        // Whoever is behind reads no more than is taken.
        await hub.delivered();
      }
    } finally {
      // In the same turn as the last look at `isBehind`.
      followed.isReading = false;
    }
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
        if (seq > followed.seq) this.#wake(tenantNo, followed);
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
