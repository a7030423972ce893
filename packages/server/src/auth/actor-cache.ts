import type { Clock } from "../lib/clock.ts";
import { Lru } from "../lib/lru.ts";
import type { Actor } from "./actor.ts";

/** What a credential proves. */
export interface Proven {
  readonly actor: Actor;
  /** Unix milliseconds; infinite for a credential without an end. */
  readonly expiresAt: number;
}

/** Told of whom something changed: of all of a tenant where no participant is named. */
type Watcher = (tenantNo: number, participantNo: number | undefined) => void;

/** So many credentials are remembered, about 1 kB each. */
const CAPACITY = 20_000;
/** A change made by another process is noticed after this time at the latest (AU3). */
const FRESH_MS = 1000;

/**
 * What credentials proved lately. A change made in this process is announced by a `forget…` after its commit and
 * counts from then on; a reading that began before the announcement is answered but not remembered.
 */
export class ActorCache {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #entries = new Lru<string, Proven & { freshUntil: number }>(CAPACITY);
  readonly #readings = new Map<string, Promise<Proven>>();
  readonly #watchers: Watcher[] = [];
  readonly #announcers: Watcher[] = [];
  #changes = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** What is known without asking the store. */
  fresh(key: string): Proven | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.freshUntil > this.#clock.monotonic() ? entry : undefined;
  }

  /** Reads what a credential proves; callers that ask for the same one meanwhile share the reading. */
  read(key: string, prove: () => Promise<Proven>): Promise<Proven> {
    const underWay = this.#readings.get(key);
    if (underWay !== undefined) return underWay;
    const reading = this.#read(key, prove).finally(() => {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    });
    this.#readings.set(key, reading);
    return reading;
  }

  /** Calls back at every announcement: for all of a tenant where no participant is named. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Calls back at the announcements of this process alone: others want to hear of them. */
  announce(announcer: Watcher): void {
    this.#announcers.push(announcer);
  }

  /** A participant's tokens, roles, profile or standing changed. */
  forgetParticipant(tenantNo: number, participantNo: number): void {
    this.heard(tenantNo, participantNo);
    for (const announcer of this.#announcers) announcer(tenantNo, participantNo);
  }

  /** A tenant was suspended, let in again, or given other limits. */
  forgetTenant(tenantNo: number): void {
    this.heard(tenantNo, undefined);
    for (const announcer of this.#announcers) announcer(tenantNo, undefined);
  }

  /** Another process changed it. */
  heard(tenantNo: number, participantNo: number | undefined): void {
    if (participantNo === undefined) this.distrust(tenantNo);
    else this.#forget(({ actor }) => actor.participantNo === participantNo && actor.tenant.tenantNo === tenantNo);
    for (const watcher of this.#watchers) watcher(tenantNo, participantNo);
  }

  /** What is known of a tenant's people may be old; nothing is known to have changed. */
  distrust(tenantNo: number): void {
    this.#forget(({ actor }) => actor.tenant.tenantNo === tenantNo);
  }

  async #read(key: string, prove: () => Promise<Proven>): Promise<Proven> {
    const changes = this.#changes;
    const freshUntil = this.#clock.monotonic() + FRESH_MS;
    const proven = await prove();
    if (changes === this.#changes) this.#entries.set(key, { ...proven, freshUntil });
    return proven;
  }

  #forget(matches: (proven: Proven) => boolean): void {
    this.#changes++;
    this.#readings.clear();
    this.#entries.deleteWhere(matches);
  }
}
