import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Lru } from "../lib/lru.ts";
import { TokenBucket } from "../lib/token-bucket.ts";

/** So many participants' buckets are kept; whoever falls out starts with a full one. */
const MOST_BUCKETS = 100_000;

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
 * A tenant without the limit is never counted.
 */
export class SendRates {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #buckets = new Lru<string, TokenBucket>(MOST_BUCKETS);

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Takes one, or throws `SW_RATE_LIMIT_EXCEEDED` with the seconds to wait. */
  take(actor: Actor): void {
    const rate = actor.tenant.limits.send_rate;
    if (rate === null) return;
    const now = this.#clock.monotonic();
    const bucket = this.#bucketOf(actor, now);
    if (bucket.take(rate, now)) return;
    throw tooMany(bucket.secondsUntil(1, rate, now));
  }

  /** Charges events that were appended beyond the one taken; never refuses. */
  charge(actor: Actor, events: number): void {
    const rate = actor.tenant.limits.send_rate;
    if (rate === null) return;
    const now = this.#clock.monotonic();
    this.#bucketOf(actor, now).charge(events, rate, now);
  }

  /** Gives back what was taken for a repeat. */
  refund(actor: Actor): void {
    this.charge(actor, -1);
  }

  /** Undefined without a limit. */
  standing(actor: Actor): Standing | undefined {
    const rate = actor.tenant.limits.send_rate;
    if (rate === null) return undefined;
    const now = this.#clock.monotonic();
    const bucket = this.#bucketOf(actor, now);
    return {
      limit: rate.burst,
      remaining: bucket.remaining(rate, now),
      resetSeconds: Math.ceil(bucket.secondsUntil(rate.burst, rate, now)),
    };
  }

  #bucketOf(actor: Actor, now: number): TokenBucket {
    const key = `${actor.tenant.tenantNo}:${actor.participantNo}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = new TokenBucket(actor.tenant.limits.send_rate!, now)));
    return bucket;
  }
}

/** Counts failed authentications by remote address. Whoever has a right credential is never refused here. */
export class FailedSignIns {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #rate: { per_second: number; burst: number };
  readonly #buckets = new Lru<string, TokenBucket>(MOST_BUCKETS);

  constructor(perMinute: number, clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#rate = { per_second: perMinute / 60, burst: perMinute };
  }

  /** Counts one failure; throws `SW_RATE_LIMIT_EXCEEDED` in its place when the address has had too many. */
  count(address: string): void {
    const now = this.#clock.monotonic();
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) this.#buckets.set(address, (bucket = new TokenBucket(this.#rate, now)));
    if (!bucket.take(this.#rate, now)) throw tooMany(bucket.secondsUntil(1, this.#rate, now));
  }
}

function tooMany(seconds: number): StairwellError {
  return new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) });
}
