import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import { type Bus, NO_OTHERS } from "../bus/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Lru } from "../lib/lru.ts";
import { type Rate, TokenBucket } from "../lib/token-bucket.ts";
import { UsesElsewhere } from "./uses-elsewhere.ts";

/** So many participants' buckets are kept; whoever falls out starts with a full one. */
const MOST_BUCKETS = 100_000;

/** How a node hears of the others, and how many there are with it. */
export interface Others {
  readonly bus: Bus;
  readonly countNodes: () => number;
}

const ALONE: Others = { bus: NO_OTHERS, countNodes: () => 1 };

/** What the headers of a charged call's answer say. */
export interface Standing {
  limit: number;
  remaining: number;
  /** Seconds until the whole limit is there again. */
  resetSeconds: number;
}

/**
 * A participant's `send_rate` (spec/model.md, "Tenant limits"). The door takes one for a charged call; what a command
 * appends beyond its first event is charged after it, and a repeat that does nothing gets its one back.
 * A tenant without the limit is never counted. It is one rate on all nodes: what was used on others counts here some
 * tenths of a second later.
 */
export class SendRates {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #buckets = new Lru<string, TokenBucket>(MOST_BUCKETS);
  readonly #elsewhere: UsesElsewhere;

  constructor(clock: Pick<Clock, "monotonic">, others: Others = ALONE) {
    this.#clock = clock;
    this.#elsewhere = new UsesElsewhere(others, "sends", (key, count, rate) => {
      const now = this.#clock.monotonic();
      this.#bucketAt(key, rate, now).charge(count, rate, now);
    });
  }

  /** Takes one, or throws `SW_RATE_LIMIT_EXCEEDED` with the seconds to wait. */
  take(actor: Actor): void {
    const limit = actor.tenant.limits.send_rate;
    if (limit === null) return;
    const now = this.#clock.monotonic();
    const rate = this.#elsewhere.shareOf(limit);
    const bucket = this.#bucketAt(keyOf(actor), limit, now);
    if (!bucket.take(rate, now)) throw tooMany(bucket.secondsUntil(1, rate, now));
    this.#elsewhere.add(keyOf(actor), 1, limit);
  }

  /** Charges events that were appended beyond the one taken; never refuses. */
  charge(actor: Actor, events: number): void {
    const limit = actor.tenant.limits.send_rate;
    if (limit === null) return;
    const now = this.#clock.monotonic();
    this.#bucketAt(keyOf(actor), limit, now).charge(events, this.#elsewhere.shareOf(limit), now);
    this.#elsewhere.add(keyOf(actor), events, limit);
  }

  /** Gives back what was taken for a repeat. */
  refund(actor: Actor): void {
    this.charge(actor, -1);
  }

  /** Undefined without a limit. */
  standing(actor: Actor): Standing | undefined {
    const limit = actor.tenant.limits.send_rate;
    if (limit === null) return undefined;
    const now = this.#clock.monotonic();
    const bucket = this.#bucketAt(keyOf(actor), limit, now);
    // What is looked at fills as what is taken does: else a node would give out more than its share.
    const rate = this.#elsewhere.shareOf(limit);
    return {
      limit: limit.burst,
      remaining: bucket.remaining(rate, now),
      resetSeconds: Math.ceil(bucket.secondsUntil(rate.burst, rate, now)),
    };
  }

  #bucketAt(key: string, rate: Rate, now: number): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = new TokenBucket(rate, now)));
    return bucket;
  }
}

function keyOf({ tenant, participantNo }: Actor): string {
  return `${tenant.tenantNo}:${participantNo}`;
}

/** Counts failed authentications by remote address. Whoever has a right credential is never refused here. */
export class FailedSignIns {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #rate: Rate;
  readonly #buckets = new Lru<string, TokenBucket>(MOST_BUCKETS);
  readonly #elsewhere: UsesElsewhere;

  constructor(perMinute: number, clock: Pick<Clock, "monotonic">, others: Others = ALONE) {
    this.#clock = clock;
    this.#rate = { per_second: perMinute / 60, burst: perMinute };
    this.#elsewhere = new UsesElsewhere(others, "failures", (address, count) => {
      const now = this.#clock.monotonic();
      this.#bucketOf(address, now).charge(count, this.#rate, now);
    });
  }

  /** Counts one failure; throws `SW_RATE_LIMIT_EXCEEDED` in its place when the address has had too many. */
  count(address: string): void {
    const now = this.#clock.monotonic();
    const rate = this.#elsewhere.shareOf(this.#rate);
    const bucket = this.#bucketOf(address, now);
    if (!bucket.take(rate, now)) throw tooMany(bucket.secondsUntil(1, rate, now));
    this.#elsewhere.add(address, 1, rate);
  }

  #bucketOf(address: string, now: number): TokenBucket {
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) this.#buckets.set(address, (bucket = new TokenBucket(this.#rate, now)));
    return bucket;
  }
}

function tooMany(seconds: number): StairwellError {
  return new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) });
}
