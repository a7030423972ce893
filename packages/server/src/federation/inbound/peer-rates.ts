import { StairwellError } from "@stairwell/protocol";
import type { Clock } from "../../lib/clock.ts";
import { Lru } from "../../lib/lru.ts";
import { TokenBucket } from "../../lib/token-bucket.ts";

/**
 * Requests of one server to one tenant: what is said seldom comes alone, and each event of a quiet moment is a request. It
 * also bounds the nonces that are kept.
 */
const RATE = { per_second: 200, burst: 1000 };
const MOST_BUCKETS = 20_000;

/** How often each other server may ask. */
export class PeerRates {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #buckets = new Lru<string, TokenBucket>(MOST_BUCKETS);

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Takes one for a request whose signature was right. `SW_RATE_LIMIT_EXCEEDED` with the seconds to wait. */
  take(tenantNo: number, serverName: string): void {
    const now = this.#clock.monotonic();
    const key = `${tenantNo} ${serverName}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = new TokenBucket(RATE, now)));
    if (bucket.take(RATE, now)) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(bucket.secondsUntil(1, RATE, now)));
    throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds });
  }
}
