import { closes, type Draft, type RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import type { RoomRef } from "./event.ts";
import { deleteRoomKey, findRoomKey, insertRoomKey, type RoomKey } from "./room-keys.store.ts";

/**
 * The key that an append to an incognito room is sealed with, null for every other room (DEL2). A room that begins gets
 * its key here. With a close it goes: whatever was sealed is out of reach with this transaction (DEL1), and the events
 * that close the room, in which nothing is said, are stored as they are.
 */
export async function sealingKey(
  tx: Tx,
  ref: RoomRef,
  room: RoomState | undefined,
  drafts: readonly Draft[],
): Promise<RoomKey> {
  if (room === undefined) return drafts[0]?.content.scope_kind === "incognito" ? insertRoomKey(tx, ref) : null;
  if (room.scopeKind !== "incognito" || room.state === "closed") return null;
  const key = await findRoomKey(tx, ref);
  if (key === null) throw new Error("an incognito room that is not closed has no key: run 'stairwell verify'");
  if (!closes(drafts)) return key;
  await deleteRoomKey(tx, ref);
  return null;
}
