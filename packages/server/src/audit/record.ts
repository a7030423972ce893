import type { Tx } from "../db/index.ts";
import type { AuditEntry } from "./entry.ts";
import { findNewest, insertRecord } from "./audit.store.ts";

/**
 * Puts an act on record, in the transaction of the act itself: the one way in. Call it after everything that can
 * refuse, and only when something changed: a repeat of what holds is no act.
 */
export async function record(tx: Tx, entry: AuditEntry): Promise<void> {
  const newest = await findNewest(tx, entry.tenantNo);
  await insertRecord(tx, entry.tenantNo, {
    number: (newest?.number ?? 0) + 1,
    // A clock that was set back repeats the last time, so that a range of times is a range of numbers.
    at: Math.max(tx.now, newest?.at ?? 0),
    action: entry.action,
    actor: entry.actor,
    target: entry.target ?? null,
    roomId: entry.roomId ?? null,
    eventId: entry.eventId ?? null,
    details: entry.details ?? {},
    requestId: tx.requestId,
  });
}
