import { setTimeout as wait } from "node:timers/promises";
import type { Address } from "../../load/plan.ts";
import type { Transferred } from "../../load/transfers.ts";
import { MemoryWatch } from "../../measure/memory-watch.ts";
import { observe } from "../../measure/observe.ts";
import type { Surroundings } from "../../measure/observe.ts";

/** What a start, or a run, left behind is collected. */
const SETTLE_MS = 2000;

/** A transfer, seen from both ends. */
export interface Carried<T> {
  made: T;
  /** Most resident memory over that of the idle server, in MB. */
  grownMB: number;
  surroundings: Surroundings;
}

/** Watches a server while a room goes out of it or comes in. */
export async function carry<T extends Transferred>(
  served: { pid: number; address: Address },
  transfer: () => Promise<T>,
): Promise<Carried<T>> {
  await wait(SETTLE_MS);
  const memory = new MemoryWatch(served.pid);
  const { result, surroundings } = await observe(served, transfer);
  return { made: result, grownMB: memory.stop(), surroundings };
}
