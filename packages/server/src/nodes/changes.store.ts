import type { Reader, Tx } from "../db/index.ts";

/**
 * Something changed that is no event and that nodes remember: `standing` (who somebody is, may do and wants to hear of;
 * of all of the tenant where nobody is named), `settings` of one room, or a room that came into `sight` with a history, or
 * with another log.
 * The store itself keeps this record.
 */
export interface Change {
  readonly number: number;
  readonly kind: "standing" | "settings" | "sight";
  readonly participantNo: number | null;
  readonly roomNo: number | null;
}

/** A tenant's changes after a number, in the order of their commits. */
export async function listChangesAfter(
  reader: Reader,
  tenantNo: number,
  after: number,
  limit: number,
): Promise<Change[]> {
  const rows = await reader.all<{
    number: number;
    kind: Change["kind"];
    participant_no: number | null;
    room_no: number | null;
  }>(
    "SELECT number, kind, participant_no, room_no FROM changes WHERE tenant_no = $1 AND number > $2 ORDER BY number LIMIT $3",
    tenantNo,
    after,
    limit,
  );
  return rows.map((row) => ({
    number: row.number,
    kind: row.kind,
    participantNo: row.participant_no,
    roomNo: row.room_no,
  }));
}

/** Deletes what every node has long read; the newest of each tenant stays, as numbers go on from it. */
export function deleteOldChanges(tx: Tx, before: number): Promise<number> {
  return tx.run(
    `DELETE FROM changes WHERE at < $1 AND number <
       (SELECT max(newer.number) FROM changes newer WHERE newer.tenant_no = changes.tenant_no)`,
    before,
  );
}
