import type { Reader, Tx } from "../db/index.ts";

/** By the store's clock, which is the same for all nodes, whatever their own say. */
const NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/** Rows outlive their tickets by so much: the store may come to be on a machine whose clock is behind. */
const KEPT_MS = 5 * 60 * 1000;

/** Unix milliseconds. */
export async function storeTime(reader: Reader): Promise<number> {
  return (await reader.get<{ now: number }>(`SELECT ${NOW} AS now`))!.now;
}

/** Marks a ticket as used; false when it was, or is over. Forgets those of the tenant that nobody could use any more. */
export async function spendTicket(tx: Tx, tenantNo: number, ticketId: string, expiresAt: number): Promise<boolean> {
  const spent = await tx.run(
    `INSERT INTO spent_tickets (tenant_no, ticket_id, expires_at) SELECT $1::bigint, $2::text, $3::bigint WHERE $3 > ${NOW}
     ON CONFLICT (tenant_no, ticket_id) DO NOTHING`,
    tenantNo,
    ticketId,
    expiresAt,
  );
  await tx.run(`DELETE FROM spent_tickets WHERE tenant_no = $1 AND expires_at < ${NOW} - ${KEPT_MS}`, tenantNo);
  return spent === 1;
}
