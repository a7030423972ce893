import type { Reader, Tx } from "../db/index.ts";
import { newRoomKey } from "./seal.ts";

interface RoomNumber {
  readonly tenantNo: number;
  readonly roomNo: number;
}

/** Keys are 32 bytes; null of a room that has none: one that is not incognito, or that was closed. */
export type RoomKey = Uint8Array | null;

/** An SQL expression: the key of the room that these two columns name. */
export function keyOf(tenantNo: string, roomNo: string): string {
  return `(SELECT k.key FROM room_keys k WHERE k.tenant_no = ${tenantNo} AND k.room_no = ${roomNo})`;
}

const FIND = `SELECT ${keyOf("$1", "$2")} AS key`;

export async function findRoomKey(reader: Reader, ref: RoomNumber): Promise<RoomKey> {
  return (await reader.get<{ key: RoomKey }>(FIND, ref.tenantNo, ref.roomNo))!.key;
}

/** Gives a room that begins now its key. */
export async function insertRoomKey(tx: Tx, ref: RoomNumber): Promise<Uint8Array> {
  const key = newRoomKey();
  await tx.run("INSERT INTO room_keys (tenant_no, room_no, key) VALUES ($1, $2, $3)", ref.tenantNo, ref.roomNo, key);
  return key;
}

/**
 * Deletes the key, in place: to delete its row would make the engine move other rooms' rows, and leave copies of their
 * keys where nothing ever overwrites them. What it sealed is swept later (`sweep.ts`).
 */
export async function deleteRoomKey(tx: Tx, ref: RoomNumber): Promise<void> {
  await tx.run("UPDATE room_keys SET key = NULL WHERE tenant_no = $1 AND room_no = $2", ref.tenantNo, ref.roomNo);
  await tx.run(
    "INSERT INTO unswept_rooms (tenant_no, room_no, swept_position) VALUES ($1, $2, 0)",
    ref.tenantNo,
    ref.roomNo,
  );
  tx.erased();
}
