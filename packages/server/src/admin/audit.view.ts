import { isServerFqid } from "@stairwell/protocol";
import type { admin, DataOf } from "@stairwell/protocol/api";
import { type AuditRecord, OPERATOR } from "../audit/index.ts";
import type { Reader } from "../db/index.ts";
import { wireTime } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";

export type AuditView = DataOf<typeof admin.listAudit>[number];

/** Acts on record, with the ids of those who are named. */
export async function auditViews(
  reader: Reader,
  identities: Identities,
  tenantNo: number,
  records: readonly AuditRecord[],
): Promise<AuditView[]> {
  const idOf = async (fqid: string | null): Promise<string | null> =>
    fqid === null ? null : ((await identities.byFqid(reader, tenantNo, fqid))?.participantId ?? null);
  const views: AuditView[] = [];
  for (const record of records) {
    const kind = record.actor === OPERATOR ? "operator" : isServerFqid(record.actor) ? "server" : "participant";
    const actor = kind === "participant" ? record.actor : null;
    views.push({
      number: record.number,
      at: wireTime(record.at),
      action: record.action,
      actor: kind,
      actor_id: await idOf(actor),
      actor_fqid: actor,
      target_id: await idOf(record.target),
      target_fqid: record.target,
      room_id: record.roomId,
      event_id: record.eventId,
      details: record.details,
      request_id: record.requestId,
    });
  }
  return views;
}
