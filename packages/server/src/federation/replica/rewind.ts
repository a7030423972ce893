import { rewindAmendments } from "../../amendments/index.ts";
import type { Tx } from "../../db/index.ts";
import type { Cut, Log } from "../../events/index.ts";
import { rewindMedia } from "../../media/index.ts";
import { rewindReplies } from "../../messages/index.ts";
import { rewindReading } from "../../reading/index.ts";
import { rewindStandings, type StoredRoom } from "../../state/index.ts";

/**
 * Takes back all that a replica's log and what is kept beside it have beyond a position, but for the rows of the room and its
 * members, which whoever calls writes anew (FD17). `end`: where the log ends from now on. Answers which cursors lead nowhere.
 */
export async function rewind(
  tx: Tx,
  log: Log,
  at: StoredRoom,
  end: { readonly position: number; readonly ordinal: number },
): Promise<Cut> {
  const cut = await log.rewind(tx, at, end.position);
  await rewindStandings(tx, at, end.position);
  await rewindReading(tx, at, end);
  await rewindReplies(tx, at, end.position);
  await rewindAmendments(tx, at, end.position);
  await rewindMedia(tx, at, end.position);
  tx.erased();
  return cut;
}
