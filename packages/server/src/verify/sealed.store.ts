import { listed, type Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** What sealed texts begin with, and nothing else. */
const IS_SEALED = "substr(content, 1, 1) = '\u0001'";

const KEPT = listed<{ position: number }>(
  3,
  (positions) => `SELECT position FROM events WHERE tenant_no = $1 AND room_no = $2 AND content IS NOT NULL
     AND position IN ${positions} ORDER BY position`,
);

/** Whether the rows at these positions hold a content, whoever can read it. */
export async function listKept(reader: Reader, ref: RoomRef, positions: readonly number[]): Promise<number[]> {
  const rows = await KEPT(reader, [ref.tenantNo, ref.roomNo], positions);
  return rows.map(({ position }) => position);
}

/** Contents of a room that lie in the clear below a position. */
export async function listClear(reader: Reader, ref: RoomRef, below: number): Promise<number[]> {
  const rows = await reader.all<{ position: number }>(
    `SELECT position FROM events
     WHERE tenant_no = $1 AND room_no = $2 AND content IS NOT NULL AND NOT ${IS_SEALED} AND position < $3
     ORDER BY position`,
    ref.tenantNo,
    ref.roomNo,
    below,
  );
  return rows.map(({ position }) => position);
}

/** A room's record of memberships by person, in order. */
export function listStandingRows(
  reader: Reader,
  ref: RoomRef,
): Promise<{ position: number; seq: number; fqid: string; membership: string }[]> {
  return reader.all(
    `SELECT s.position, s.seq, p.fqid, s.membership FROM standings s
     JOIN participants p ON p.tenant_no = s.tenant_no AND p.participant_no = s.participant_no
     WHERE s.tenant_no = $1 AND s.room_no = $2 ORDER BY s.position`,
    ref.tenantNo,
    ref.roomNo,
  );
}

/** A room's record of what answers what, but for redacted answers. */
export function listReplyRows(reader: Reader, ref: RoomRef): Promise<{ position: number; target_id: string }[]> {
  return reader.all(
    `SELECT r.position, t.event_id AS target_id FROM replies r
     JOIN events t ON t.tenant_no = r.tenant_no AND t.room_no = r.room_no AND t.position = r.target_position
     WHERE r.tenant_no = $1 AND r.room_no = $2 AND r.redacted = 0 ORDER BY r.position`,
    ref.tenantNo,
    ref.roomNo,
  );
}

/** Keys of no room that is incognito. */
export async function countStrayKeys(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM room_keys k WHERE NOT EXISTS (SELECT 1 FROM rooms r
       WHERE r.tenant_no = k.tenant_no AND r.room_no = k.room_no AND r.scope_kind = 'incognito')`,
  );
  return row!.n;
}

/** Contents that are sealed in rooms that are not incognito. */
export async function countStraySeals(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM events e JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no
     WHERE r.scope_kind IS NULL AND e.content IS NOT NULL AND ${IS_SEALED}`,
  );
  return row!.n;
}
