import { type Reader, textListOf } from "../../db/index.ts";

/** A server that is due something, and the newest of what our people propose there; zero where that is nothing. */
export interface Addressee {
  readonly serverName: string;
  readonly newest: number;
}

/** Who waits for anything of ours that is not set aside at a time (Unix milliseconds), other than some. */
export async function listAddressees(
  reader: Reader,
  tenantNo: number,
  now: number,
  but: readonly string[] = [],
): Promise<Addressee[]> {
  const list = but.length === 0 ? undefined : textListOf(but, 3);
  const others = list === undefined ? "" : `AND server_name NOT IN (${list.marks.join(", ")})`;
  const rows = await reader.all<{ server_name: string; newest: number }>(
    `SELECT server_name, max(newest) AS newest FROM (
       SELECT server_name, max(number) AS newest FROM proposals
         WHERE tenant_no = $1 AND state IN ('waiting', 'sent') ${others} GROUP BY server_name
       UNION ALL SELECT server_name, 0 FROM outgoing WHERE tenant_no = $1 ${others}
       UNION ALL SELECT d.server_name, 0 FROM deliveries d WHERE d.tenant_no = $1 AND d.first_position IS NOT NULL ${others}
         AND (d.next_try_at IS NULL OR d.next_try_at <= $2) AND d.confirmed_position < coalesce(d.last_position,
           (SELECT max(e.position) FROM events e WHERE e.tenant_no = d.tenant_no AND e.room_no = d.room_no))) AS due
     GROUP BY server_name`,
    tenantNo,
    now,
    ...(list?.values ?? []),
  );
  return rows.map((row) => ({ serverName: row.server_name, newest: row.newest }));
}
