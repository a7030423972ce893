import type { Reader } from "../../db/index.ts";
import type { RoomRef } from "../../events/index.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

/**
 * A medium with some content that an event of a room names, from a position on, and that is by somebody of ours; or, with
 * `orImported`, by nobody, as what a bundle brought.
 */
export async function findNamedByOurs(
  reader: Reader,
  { tenantNo, roomNo }: Room,
  blobNo: number,
  from: number,
  { orImported }: { readonly orImported: boolean },
): Promise<number | undefined> {
  const row = await reader.get<{ media_no: number }>(
    `SELECT m.media_no FROM media m
     JOIN media_refs r ON r.tenant_no = m.tenant_no AND r.media_no = m.media_no AND r.room_no = $3
     JOIN events e ON e.tenant_no = r.tenant_no AND e.room_no = r.room_no AND e.position = r.position
     LEFT JOIN participants p ON p.tenant_no = e.tenant_no AND p.fqid = e.sender
     WHERE m.tenant_no = $1 AND m.blob_no = $2 AND r.position >= $4
       AND (p.participant_type <> 'federated' OR (e.sender IS NULL AND $5 = 1)) LIMIT 1`,
    tenantNo,
    blobNo,
    roomNo,
    from,
    orImported ? 1 : 0,
  );
  return row?.media_no;
}

/** Whether anybody of ours is in a room. */
export async function hasOurs(reader: Reader, { tenantNo, roomNo }: Room): Promise<boolean> {
  const row = await reader.get(
    `SELECT 1 FROM members m JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.membership = 'join' AND p.participant_type <> 'federated' LIMIT 1`,
    tenantNo,
    roomNo,
  );
  return row !== undefined;
}

/**
 * Where the first of a server joined a room of a third, as far as is known here; undefined where nobody of it is in there.
 */
export async function findFirstJoin(
  reader: Reader,
  { tenantNo, roomNo }: Room,
  serverName: string,
): Promise<number | undefined> {
  const row = await reader.get<{ present: number; joined: number | null; stood: number | null }>(
    `SELECT coalesce(sum(CASE WHEN m.membership = 'join' THEN 1 ELSE 0 END), 0) AS present,
       min(m.joined_position) AS joined,
       min((SELECT min(s.position) FROM standings s WHERE s.tenant_no = m.tenant_no
         AND s.participant_no = m.participant_no AND s.room_no = m.room_no AND s.membership = 'join')) AS stood
     FROM participants p JOIN members m ON m.tenant_no = p.tenant_no AND m.participant_no = p.participant_no
     WHERE p.tenant_no = $1 AND p.server_name = $3 AND p.participant_type = 'federated' AND m.room_no = $2`,
    tenantNo,
    roomNo,
    serverName,
  );
  if (row === undefined || row.present === 0) return undefined;
  return Math.min(row.joined ?? Infinity, row.stood ?? Infinity);
}
