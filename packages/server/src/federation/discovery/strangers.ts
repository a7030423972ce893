import { StairwellError } from "@stairwell/protocol";
import type { Clock } from "../../lib/clock.ts";
import { type Rate, TokenBucket } from "../../lib/token-bucket.ts";

/** Fetches of servers that nothing is known of, at one time. */
const AT_ONCE = 16;

/** How many servers that nothing is known of are asked who they are: their names are somebody's word. */
export class Strangers {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #rate: Rate;
  readonly #bucket: TokenBucket;
  #underWay = 0;

  constructor(rate: Rate, clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#rate = rate;
    this.#bucket = new TokenBucket(rate, clock.monotonic());
  }

  /** Begins to ask one more; `end` follows. `SW_UNAVAILABLE` while they are too many. */
  begin(): void {
    if (this.#underWay >= AT_ONCE || !this.#bucket.take(this.#rate, this.#clock.monotonic())) {
      throw new StairwellError("SW_UNAVAILABLE", {
        message: "Too many servers that are not known yet; try again.",
        retryAfterSeconds: 5,
      });
    }
    this.#underWay++;
  }

  end(): void {
    this.#underWay--;
  }
}
