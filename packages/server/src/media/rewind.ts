import type { Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { insertLoose } from "./loose.store.ts";
import { deleteRefsBeyond, isNamed } from "./refs.store.ts";

/** A log is given up beyond a position (FD17): files that nothing names any more are loose. */
export async function rewindMedia(tx: Tx, at: Pick<RoomRef, "tenantNo" | "roomNo">, position: number): Promise<void> {
  for (const mediaNo of await deleteRefsBeyond(tx, at, position)) {
    if (!(await isNamed(tx, at.tenantNo, mediaNo))) await insertLoose(tx, at.tenantNo, mediaNo);
  }
}
