import type { EventId } from "@stairwell/protocol";
import type { ProposedEvent, WireRefusal } from "@stairwell/protocol/federation";
import type { Reader, Tx } from "../../db/index.ts";
import type { Asked } from "../../events/index.ts";

/** A proposal that a repeat asks for again: its id, and while it waits what it says. */
export interface Before {
  readonly eventId: EventId;
  readonly requestBody: string | null;
  readonly isSameRequest: boolean;
  readonly event: ProposedEvent | null;
}

/**
 * What somebody has asked for in a room by the same `event_uuid`, of which nothing is known yet, or by the same
 * `Idempotency-Key`, unless it was refused.
 */
export async function listBefore(
  reader: Reader,
  { tenantNo, roomNo }: { readonly tenantNo: number; readonly roomNo: number },
  participantNo: number,
  { eventUuid, request }: Asked,
): Promise<Before[]> {
  if (eventUuid === null && request === undefined) return [];
  const rows = await reader.all<{
    event_id: EventId;
    request: string | null;
    request_body: string | null;
    proposed: string | null;
  }>(
    `SELECT event_id, request, request_body, proposed FROM proposals
     WHERE tenant_no = $1 AND room_no = $2 AND participant_no = $3 AND state <> 'refused'
       AND (request = $4 OR (event_uuid = $5 AND state IN ('waiting', 'sent'))) ORDER BY number`,
    tenantNo,
    roomNo,
    participantNo,
    request?.key ?? null,
    eventUuid,
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    requestBody: row.request_body,
    isSameRequest: request !== undefined && row.request === request.key,
    event: row.proposed === null ? null : (JSON.parse(row.proposed) as ProposedEvent),
  }));
}

/** What a repeat with the same `Idempotency-Key` asks for again, whatever became of it. */
export interface AskedAgain {
  readonly eventId: EventId;
  readonly roomNo: number;
  readonly requestBody: string | null;
  /** Null once its fate is known. */
  readonly event: ProposedEvent | null;
  /** Why it was refused, where it was. */
  readonly error: WireRefusal | null;
}

/** What was asked for by a request, in whatever room: the newest, and of those that were refused only where there is no other. */
export async function findByRequest(
  reader: Reader,
  tenantNo: number,
  request: string,
): Promise<AskedAgain | undefined> {
  const row = await reader.get<{
    event_id: EventId;
    room_no: number;
    request_body: string | null;
    proposed: string | null;
    error: string | null;
  }>(
    `SELECT event_id, room_no, request_body, proposed, error FROM proposals WHERE tenant_no = $1 AND request = $2
     ORDER BY CASE state WHEN 'refused' THEN 1 ELSE 0 END, number DESC LIMIT 1`,
    tenantNo,
    request,
  );
  return (
    row && {
      eventId: row.event_id,
      roomNo: row.room_no,
      requestBody: row.request_body,
      event: row.proposed === null ? null : (JSON.parse(row.proposed) as ProposedEvent),
      error: row.error === null ? null : (JSON.parse(row.error) as WireRefusal),
    }
  );
}

/** What was sequenced and is in the room's log no more is not known by what it was asked for: a repeat is asked anew. */
export async function forgetCutAway(
  tx: Tx,
  { tenantNo, roomNo }: { readonly tenantNo: number; readonly roomNo: number },
): Promise<void> {
  await tx.run(
    `DELETE FROM proposals WHERE tenant_no = $1 AND room_no = $2 AND state = 'sequenced' AND NOT EXISTS
       (SELECT 1 FROM events e WHERE e.tenant_no = $1 AND e.room_no = $2 AND e.event_id = proposals.event_id)`,
    tenantNo,
    roomNo,
  );
}
