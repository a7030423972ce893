import { listOf, type Reader } from "../db/index.ts";

/** Where a tenant's records end: its log, and what changed that is no event. */
export interface Heads {
  readonly tenantNo: number;
  readonly seq: number;
  readonly change: number;
}

/** The heads of several tenants, in one statement. */
export async function listHeads(reader: Reader, tenantNos: readonly number[]): Promise<Heads[]> {
  if (tenantNos.length === 0) return [];
  const { marks, values } = listOf(tenantNos, 1);
  const rows = await reader.all<{ tenant_no: number; seq: number | null; change: number | null }>(
    `SELECT t.tenant_no,
       (SELECT max(e.seq) FROM events e WHERE e.tenant_no = t.tenant_no) AS seq,
       (SELECT max(c.number) FROM changes c WHERE c.tenant_no = t.tenant_no) AS change
     FROM tenants t WHERE t.tenant_no IN (${marks.join(",")})`,
    ...values,
  );
  return rows.map((row) => ({ tenantNo: row.tenant_no, seq: row.seq ?? 0, change: row.change ?? 0 }));
}
