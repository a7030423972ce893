import { LIMITS } from "@stairwell/protocol";
import type { RoomLife, RoomType } from "@stairwell/protocol/room";
import type { Reader, Value } from "../db/index.ts";
import { ROOM_COLUMNS, type RoomRow, type StoredRoom, toRoom } from "../state/index.ts";

export interface RoomFilter {
  /** Case-folded text that name, topic or alias must contain; rooms that hide theirs are never found by it. */
  readonly q?: string | undefined;
  readonly type?: RoomType | undefined;
  readonly state?: RoomLife | undefined;
}

/** All rooms of a tenant, from below a number on, newest first. */
export async function listAllRooms(
  reader: Reader,
  tenantNo: number,
  filter: RoomFilter,
  before: number | undefined,
  limit: number,
): Promise<StoredRoom[]> {
  const values: Value[] = [tenantNo, limit];
  const where = conditions(filter, values);
  if (before !== undefined) where.push(`r.room_no < $${values.push(before)}`);
  const rows = await reader.all<RoomRow>(
    `SELECT ${ROOM_COLUMNS} FROM rooms r WHERE ${where.join(" AND ")} ORDER BY r.room_no DESC LIMIT $2`,
    ...values,
  );
  return rows.map(toRoom);
}

/** How many there are; stops at one more than `total` tells exactly (AP7). */
export async function countAllRooms(reader: Reader, tenantNo: number, filter: RoomFilter): Promise<number> {
  const values: Value[] = [tenantNo, LIMITS.exactTotal + 1];
  const where = conditions(filter, values);
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM rooms r WHERE ${where.join(" AND ")} LIMIT $2) AS found`,
    ...values,
  );
  return row!.n;
}

function conditions({ q, type, state }: RoomFilter, values: Value[]): string[] {
  const where = ["r.tenant_no = $1"];
  if (type !== undefined) where.push(`r.room_type = $${values.push(type)}`);
  if (state !== undefined) where.push(`r.state = $${values.push(state)}`);
  if (q !== undefined) {
    where.push("r.room_type <> 'dm'", "r.scope_kind IS NULL", `instr(r.search_text, $${values.push(q)}) > 0`);
  }
  return where;
}
