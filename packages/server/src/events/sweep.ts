import type { Db, Tx } from "../db/index.ts";
import type { Loop } from "../lib/periodic.ts";
import { everyHeld, type Lease } from "../nodes/index.ts";
import { deleteUnswept, findUnswept, moveUnswept, type UnsweptRoom, wipeSealed } from "./unswept.store.ts";

/** Events a transaction. One may have 64 KiB, and the commands that wait for the same sync must not notice. */
const SLICE = 100;
const EVERY_MS = 2000;

/**
 * Takes what nobody can open any more out of the rows of closed incognito rooms, slice by slice; answers how many
 * events it went over. A run that is cut off goes on where it stopped.
 */
export async function sweepClosedRooms(db: Db, signal?: AbortSignal): Promise<number> {
  let swept = 0;
  while (signal?.aborted !== true) {
    const room = await findUnswept(db);
    if (room === undefined) break;
    swept += await db.write({ tenantNo: room.tenantNo }, (tx) => sweepSlice(tx, room));
  }
  return swept;
}

/** Looks every two seconds until it is stopped; there is nearly always nothing. */
export function startClosedRoomSweep(lease: Lease, onError: (error: unknown) => void): Loop {
  return everyHeld(
    lease,
    EVERY_MS,
    async (db, signal) => {
      if ((await findUnswept(db)) !== undefined) await sweepClosedRooms(db, signal);
    },
    onError,
  );
}

/** Nothing is left of what a key sealed once it is gone: to go over the same events twice changes nothing. */
async function sweepSlice(tx: Tx, room: UnsweptRoom): Promise<number> {
  const last = Math.min(room.sweptPosition + SLICE, room.head);
  await wipeSealed(tx, room, room.sweptPosition, last);
  if (last === room.head) await deleteUnswept(tx, room);
  else await moveUnswept(tx, room, last);
  return last - room.sweptPosition;
}
