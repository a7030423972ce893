import type { MemberState, RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { deleteMembers, putMembers } from "./put-members.store.ts";
import { minuteOf } from "./project.ts";
import { textsOf } from "./room-texts.ts";
import type { StoredRoom } from "./room-row.ts";
import { deleteRoom, findRoomByAlias, findRoomByNo, insertRoom } from "./rooms.store.ts";

/** A room of another server, by what that server said of it. */
export interface ReplicaRows {
  readonly hub: string;
  /** Null too where another room has it here. */
  readonly alias: string | null;
  readonly room: RoomState;
  /** Both sides of a direct room by their numbers here, the smaller first; null of any other. */
  readonly pair: readonly [low: number, high: number] | null;
  /** By their number here. */
  readonly members: readonly (readonly [participantNo: number, member: MemberState])[];
}

/** Writes the rows of a room whose log another server orders: new ones, or in the place of what an invite had shown. */
export async function putReplica(tx: Tx, ref: RoomRef, rows: ReplicaRows): Promise<StoredRoom> {
  const { hub, room, members, pair } = rows;
  const [dmLow, dmHigh] = pair ?? [null, null];
  const texts = textsOf(ref, room, null, 0);
  // What an invite said of a room is not believed beyond the invite.
  await deleteRoom(tx, ref);
  await deleteMembers(tx, ref);
  const taken = rows.alias === null ? undefined : await findRoomByAlias(tx, ref.tenantNo, rows.alias);
  const alias = taken === undefined ? rows.alias : null;
  const stored = { ...ref, hub, alias, activeAt: minuteOf(tx.now), dmLow, dmHigh, room };
  await insertRoom(tx, stored, texts);
  await putMembers(tx, ref, members);
  return (await findRoomByNo(tx, ref.tenantNo, ref.roomNo))!;
}
