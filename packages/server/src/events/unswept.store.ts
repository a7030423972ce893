import type { Reader, Tx } from "../db/index.ts";

/** A closed incognito room whose rows still hold what its key sealed. */
export interface UnsweptRoom {
  readonly tenantNo: number;
  readonly roomNo: number;
  /** Up to here its events are swept. */
  readonly sweptPosition: number;
  readonly head: number;
}

/** Any of them. */
export async function findUnswept(reader: Reader): Promise<UnsweptRoom | undefined> {
  const row = await reader.get<{ tenant_no: number; room_no: number; swept_position: number; head: number }>(
    `SELECT tenant_no, room_no, swept_position, (SELECT max(e.position) FROM events e
       WHERE e.tenant_no = u.tenant_no AND e.room_no = u.room_no) AS head
     FROM unswept_rooms u LIMIT 1`,
  );
  return row && { tenantNo: row.tenant_no, roomNo: row.room_no, sweptPosition: row.swept_position, head: row.head };
}

/** Wipes the sealed contents above `after`, up to and including `to`; those in the clear have no text in them. */
export function wipeSealed(tx: Tx, room: UnsweptRoom, after: number, to: number): Promise<number> {
  return tx.run(
    `UPDATE events SET content = NULL WHERE tenant_no = $1 AND room_no = $2 AND position > $3 AND position <= $4
       AND salt IS NULL AND content IS NOT NULL`,
    room.tenantNo,
    room.roomNo,
    after,
    to,
  );
}

export function moveUnswept(tx: Tx, room: UnsweptRoom, to: number): Promise<number> {
  return tx.run(
    "UPDATE unswept_rooms SET swept_position = $3 WHERE tenant_no = $1 AND room_no = $2",
    room.tenantNo,
    room.roomNo,
    to,
  );
}

export function deleteUnswept(tx: Tx, room: UnsweptRoom): Promise<number> {
  return tx.run("DELETE FROM unswept_rooms WHERE tenant_no = $1 AND room_no = $2", room.tenantNo, room.roomNo);
}
