import { StairwellError } from "@stairwell/protocol";
import type { Clock } from "../lib/clock.ts";
import { Lru } from "../lib/lru.ts";
import type { Timers } from "../lib/timers.ts";
import type { Tenant } from "../tenants/index.ts";
import { fetchMedium, type FetchParts } from "./fetch-medium.ts";
import { type HeldMedium, isHeld, type Medium } from "./medium.ts";
import { findMediumByNo } from "./media.store.ts";

export interface FetchesParts extends FetchParts {
  clock: Pick<Clock, "monotonic">;
  timers: Timers;
}

/** How long a reader waits; the fetch goes on, and the next reader finds what it brought. */
const PATIENCE_MS = 60_000;
/** How long it is not tried again, in which every reader hears what went wrong. */
const PAUSE_MS = 15_000;
const REMEMBERED = 10_000;

/**
 * Has the bytes of media here that people of other servers sent: fetched once, when they are first read (FD19). One fetch of
 * a content from a server is under way at a time, and whoever else wants it waits for that. What failed is not tried again
 * for a moment. Of several nodes each fetches by itself; what comes second is dropped.
 */
export class Fetches {
  readonly #parts: FetchesParts;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #failed = new Lru<string, { readonly at: number; readonly error: StairwellError }>(REMEMBERED);

  constructor(parts: FetchesParts) {
    this.#parts = parts;
  }

  /**
   * A medium with its bytes. `SW_MEDIA_NOT_FOUND` where it was deleted meanwhile; `SW_TENANT_CAPACITY` and
   * `SW_CONTENT_TOO_LARGE` where they are not taken; `SW_FED_…` where they do not come, with what to do.
   */
  async held(tenant: Tenant, medium: Medium): Promise<HeldMedium> {
    if (isHeld(medium)) return medium;
    const { serverName } = medium.origin!;
    const key = `${tenant.tenantNo} ${serverName} ${medium.sha256}`;
    // Another medium of this content may be what was under way: then it takes a second round, which asks nobody.
    for (let round = 0; round < 3; round++) {
      await this.#patiently(this.#underWay.get(key) ?? this.#begin(key, tenant, medium), serverName);
      const now = await findMediumByNo(this.#parts.db, tenant.tenantNo, medium.mediaNo);
      if (now === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
      if (isHeld(now)) return now;
    }
    throw new StairwellError("SW_UNAVAILABLE", { retryAfterSeconds: 1 });
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  #begin(key: string, tenant: Tenant, medium: Medium): Promise<void> {
    const { clock } = this.#parts;
    const failed = this.#failed.get(key);
    const left = failed === undefined ? 0 : failed.at + PAUSE_MS - clock.monotonic();
    if (failed !== undefined && left > 0) return Promise.reject(again(failed.error, Math.ceil(left / 1000)));
    const fetching = fetchMedium(this.#parts, tenant, medium).then(
      () => this.#failed.delete(key),
      (error: unknown) => {
        if (error instanceof StairwellError && error.code.startsWith("SW_FED_")) {
          this.#failed.set(key, { at: clock.monotonic(), error });
          throw again(error, PAUSE_MS / 1000);
        }
        throw error;
      },
    );
    const ending = fetching.finally(() => this.#underWay.delete(key));
    // Its readers may all have gone.
    ending.catch(() => {});
    this.#underWay.set(key, ending);
    return ending;
  }

  #patiently(work: Promise<void>, serverName: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.timers.after(PATIENCE_MS, () =>
        reject(
          new StairwellError("SW_FED_OUTCOME_UNKNOWN", {
            message: `The file is still being fetched from ${serverName}; try again.`,
            rule: "FD19",
            retryAfterSeconds: 5,
          }),
        ),
      );
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}

function again({ code, info }: StairwellError, retryAfterSeconds: number): StairwellError {
  return new StairwellError(code, { ...info, retryAfterSeconds });
}
