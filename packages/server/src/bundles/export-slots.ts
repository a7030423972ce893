import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";

/** Exports at one time: each has a file of the staging open and keeps a core busy for as long as its reader is fast. */
const MOST = { participant: 2, tenant: 8 } as const;
/** Seconds after which a place may be free. */
const RETRY_S = 10;

/** Gives back a place; a repeat changes nothing. */
export type FreeSlot = () => void;

/** Counts the exports under way (BU6). */
export class ExportSlots {
  readonly #taken = new Map<string, number>();

  /** `SW_RATE_LIMIT_EXCEEDED` when the caller, or their tenant, has as many as they may. */
  take({ tenant, participantNo }: Actor): FreeSlot {
    const places = [
      { key: `${tenant.tenantNo}:${participantNo}`, most: MOST.participant, whose: "you have" },
      { key: `${tenant.tenantNo}`, most: MOST.tenant, whose: "your organisation has" },
    ];
    for (const { key, most, whose } of places) {
      if ((this.#taken.get(key) ?? 0) < most) continue;
      throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
        message: `At the most ${most} exports run at one time, and ${whose} as many; try again when one is done.`,
        rule: "BU6",
        retryAfterSeconds: RETRY_S,
      });
    }
    for (const { key } of places) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      for (const { key } of places) {
        const left = this.#taken.get(key)! - 1;
        if (left === 0) this.#taken.delete(key);
        else this.#taken.set(key, left);
      }
    };
  }
}
