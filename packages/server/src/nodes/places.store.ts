import type { Reader, Tx } from "../db/index.ts";

/** What tenants may do only so much of at one time. */
export type PlaceKind = "export" | "import" | "upload";

export interface PlaceScope {
  readonly tenantNo: number;
  readonly kind: PlaceKind;
}

/** How many places of a tenant are taken, by anybody and by one person. */
export async function countPlaces(
  reader: Reader,
  { tenantNo, kind }: PlaceScope,
  participantNo: number,
): Promise<{ tenant: number; participant: number }> {
  const row = await reader.get<{ tenant: number; participant: number }>(
    `SELECT count(*) AS tenant, count(CASE WHEN participant_no = $3 THEN 1 END) AS participant
     FROM places WHERE tenant_no = $1 AND kind = $2`,
    tenantNo,
    kind,
    participantNo,
  );
  return row!;
}

export function insertPlace(
  tx: Tx,
  { tenantNo, kind }: PlaceScope,
  placeId: string,
  participantNo: number,
  holder: string,
): Promise<number> {
  return tx.run(
    "INSERT INTO places (tenant_no, kind, place_id, participant_no, holder) VALUES ($1, $2, $3, $4, $5)",
    tenantNo,
    kind,
    placeId,
    participantNo,
    holder,
  );
}

export function deletePlace(tx: Tx, { tenantNo, kind }: PlaceScope, placeId: string): Promise<number> {
  return tx.run("DELETE FROM places WHERE tenant_no = $1 AND kind = $2 AND place_id = $3", tenantNo, kind, placeId);
}
