import { ByHold, type Tx } from "../db/index.ts";
import type { Place } from "./places.store.ts";

/** Where a tenant's commits ended as somebody began to hold it. */
export interface End {
  /** The newest event; undefined where nothing happened yet. */
  readonly newest: Place | undefined;
  /** The newest sequence that was ever given, whether or not anything stands there. */
  readonly lastGiven: number;
}

const ends = new ByHold<Promise<End>>();

/**
 * Where a tenant's commits ended before anything was appended under this hold of it: read once, for all its commands.
 * Whoever appends asks first.
 */
export function endOf(tx: Tx, tenantNo: number): Promise<End> {
  const known = ends.get(tx, tenantNo);
  if (known !== undefined) return known;
  const end = readEnd(tx, tenantNo);
  ends.set(tx, tenantNo, end);
  end.catch(() => ends.delete(tx, tenantNo));
  return end;
}

async function readEnd(tx: Tx, tenantNo: number): Promise<End> {
  const row = await tx.get<{ seq: number | null; hash: string | null; cut: number | null }>(
    `SELECT e.seq, e.hash, (SELECT max(last_seq) FROM cuts WHERE tenant_no = $1) AS cut
     FROM (SELECT 1 AS one) AS always
     LEFT JOIN (SELECT seq, hash FROM events WHERE tenant_no = $1 ORDER BY seq DESC LIMIT 1) AS e ON true`,
    tenantNo,
  );
  const { seq, hash, cut } = row!;
  return {
    newest: seq === null || hash === null ? undefined : { seq, hash },
    lastGiven: Math.max(seq ?? 0, cut ?? 0),
  };
}
