import type { Tx } from "../db/index.ts";

/** Clocks of nodes differ: what ended a while ago may still be good somewhere. */
const KEPT_MS = 5 * 60 * 1000;

/** Marks a ticket as used; false when it was. Forgets those of the tenant that nobody could use any more. */
export async function spendTicket(tx: Tx, tenantNo: number, ticketId: string, expiresAt: number): Promise<boolean> {
  const spent = await tx.run(
    "INSERT INTO spent_tickets (tenant_no, ticket_id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_no, ticket_id) DO NOTHING",
    tenantNo,
    ticketId,
    expiresAt,
  );
  await tx.run("DELETE FROM spent_tickets WHERE tenant_no = $1 AND expires_at < $2", tenantNo, tx.now - KEPT_MS);
  return spent === 1;
}
