import { forgetAmendments } from "../amendments/index.ts";
import type { Db, Tx } from "../db/index.ts";
import {
  deleteImport,
  deleteImportMedium,
  deleteUnseen,
  listImportMedia,
  listUnended,
  type RoomRef,
} from "../events/index.ts";
import type { Loop } from "../lib/periodic.ts";
import { everyHeld, type Holds, type Lease } from "../nodes/index.ts";
import { findMedium, freeMedium } from "../media/index.ts";
import { forgetReplies } from "../messages/index.ts";

/** Rows a transaction: the commands that wait for the same sync must not notice. */
const SLICE = 500;
const MEDIA_SLICE = 20;
/** How often imports of nodes that ended are looked for. */
const EVERY_MS = 5000;

/** Names a room that may have no row. */
export type RoomNumber = Pick<RoomRef, "tenantNo" | "roomNo">;

/** Takes away what an import that did not end has left, slice by slice; the row that says so goes last. */
export async function forgetImport(db: Db, at: RoomNumber, signal?: AbortSignal): Promise<void> {
  const steps = [
    (tx: Tx) => forgetMedia(tx, at),
    async (tx: Tx) => (await forgetAmendments(tx, at, SLICE)) + (await forgetReplies(tx, at, SLICE)),
    (tx: Tx) => deleteUnseen(tx, at, SLICE),
  ];
  for (const step of steps) {
    for (let rows = 1; rows > 0;) {
      if (signal?.aborted === true) return;
      rows = await db.write({ tenantNo: at.tenantNo }, step);
    }
  }
  await db.write({ tenantNo: at.tenantNo }, (tx) => deleteImport(tx, at));
}

async function forgetMedia(tx: Tx, at: RoomNumber): Promise<number> {
  const ids = await listImportMedia(tx, at, MEDIA_SLICE);
  for (const id of ids) {
    const medium = await findMedium(tx, at.tenantNo, id);
    if (medium !== undefined) await freeMedium(tx, at.tenantNo, medium.mediaNo);
    await deleteImportMedium(tx, at, id);
  }
  return ids.length;
}

/** What the import of a room is held by while its process lives. */
export function importHold({ tenantNo, roomNo }: RoomNumber): string {
  return `import/${tenantNo}/${roomNo}`;
}

/**
 * Takes away what imports that were under way when their process ended have left (BU14), while this one works. None is
 * taken up again: whoever brought the bundle got no answer, and a bundle that made a process end does it once.
 * Of a store that nobody else uses this looks once, and is called before there can be new ones.
 */
export async function startForgetting(
  { lease, holds, hasOthers }: { lease: Lease; holds: Holds; hasOthers: boolean },
  onError: (error: unknown) => void,
): Promise<Loop> {
  if (hasOthers) {
    return everyHeld(lease, EVERY_MS, async (db, signal) => forgetAll(db, await listDead(db, holds), signal), onError);
  }
  const dead = await listDead(lease.db, holds);
  const ending = new AbortController();
  const forgetting = forgetAll(lease.db, dead, ending.signal).catch(onError);
  return {
    async stop() {
      ending.abort();
      await forgetting;
    },
  };
}

async function forgetAll(db: Db, dead: readonly RoomNumber[], signal: AbortSignal): Promise<void> {
  for (const at of dead) await forgetImport(db, at, signal);
}

/** Imports are read before what holds them, so that one that begins meanwhile is not among them. */
async function listDead(db: Db, holds: Holds): Promise<RoomNumber[]> {
  const unended = await listUnended(db);
  const held = await holds.list(db);
  return unended.filter((at) => !held.has(importHold(at)));
}
