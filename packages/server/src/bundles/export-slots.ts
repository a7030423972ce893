import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { SharedPlaces } from "../nodes/index.ts";

/** Exports at one time: each has a file of the staging open and keeps a core busy for as long as its reader is fast. */
const MOST = { participant: 2, tenant: 8 } as const;
/** Seconds after which a place may be free. */
const RETRY_S = 10;

/** Gives back a place; a repeat changes nothing. */
export type FreeSlot = () => void;

/** Who says whether one more export may run (BU6). */
export interface Slots {
  /** `SW_RATE_LIMIT_EXCEEDED` when the caller, or their tenant, has as many as they may. */
  take(actor: Actor): FreeSlot | Promise<FreeSlot>;
}

/** Counts the exports of all nodes. */
export function sharedSlots(places: SharedPlaces): Slots {
  return {
    async take({ tenant, participantNo }) {
      const taken = await places.take({ tenantNo: tenant.tenantNo, kind: "export" }, participantNo, MOST);
      if (typeof taken === "function") return taken;
      throw tooMany(MOST[taken], taken === "participant" ? "you have" : "your organisation has");
    },
  };
}

function tooMany(most: number, whose: string): StairwellError {
  return new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
    message: `At the most ${most} exports run at one time, and ${whose} as many; try again when one is done.`,
    rule: "BU6",
    retryAfterSeconds: RETRY_S,
  });
}

/** Counts the exports of this process. */
export class ExportSlots implements Slots {
  readonly #taken = new Map<string, number>();

  take({ tenant, participantNo }: Actor): FreeSlot {
    const places = [
      { key: `${tenant.tenantNo}:${participantNo}`, most: MOST.participant, whose: "you have" },
      { key: `${tenant.tenantNo}`, most: MOST.tenant, whose: "your organisation has" },
    ];
    for (const { key, most, whose } of places) {
      if ((this.#taken.get(key) ?? 0) < most) continue;
      throw tooMany(most, whose);
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
