import type { EventId } from "@stairwell/protocol";
import type { ProposedEvent, WireRefusal } from "@stairwell/protocol/federation";
import type { Reader, Tx } from "../db/index.ts";

/** Something that one of our people asked another server to append. */
export interface Pending {
  readonly number: number;
  readonly roomNo: number;
  readonly participantNo: number;
  readonly eventUuid: string | null;
  readonly event: ProposedEvent;
  /** It may have arrived: then only its hub can say what became of it. */
  readonly isSent: boolean;
}

export function insertProposal(
  tx: Tx,
  tenantNo: number,
  serverName: string,
  { roomNo, participantNo, eventUuid, event }: Omit<Pending, "number" | "isSent">,
): Promise<number> {
  return tx.run(
    `INSERT INTO proposals (tenant_no, event_id, server_name, room_no, participant_no, event_uuid, proposed, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')`,
    tenantNo,
    event.id,
    serverName,
    roomNo,
    participantNo,
    eventUuid,
    JSON.stringify(event),
  );
}

interface Row {
  number: number;
  room_no: number;
  participant_no: number;
  event_uuid: string | null;
  proposed: string;
  state: string;
}

const PENDING = "SELECT number, room_no, participant_no, event_uuid, proposed, state FROM proposals";

function toPending(row: Row): Pending {
  return {
    number: row.number,
    roomNo: row.room_no,
    participantNo: row.participant_no,
    eventUuid: row.event_uuid,
    event: JSON.parse(row.proposed) as ProposedEvent,
    isSent: row.state === "sent",
  };
}

/** What waits for a server, in the order in which it was asked for. */
export async function listPending(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  limit: number,
): Promise<Pending[]> {
  const rows = await reader.all<Row>(
    `${PENDING} WHERE tenant_no = $1 AND server_name = $2 AND state IN ('waiting', 'sent') ORDER BY number LIMIT $3`,
    tenantNo,
    serverName,
    limit,
  );
  return rows.map(toPending);
}

/** What one of ours proposed under this id and whose fate is not known. */
export async function findPending(reader: Reader, tenantNo: number, eventId: EventId): Promise<Pending | undefined> {
  const row = await reader.get<Row>(
    `${PENDING} WHERE tenant_no = $1 AND event_id = $2 AND state IN ('waiting', 'sent')`,
    tenantNo,
    eventId,
  );
  return row && toPending(row);
}

/** Before it leaves: from now on it may have arrived. */
export async function markSent(tx: Tx, tenantNo: number, eventIds: readonly EventId[]): Promise<void> {
  for (const eventId of eventIds) {
    await tx.run(
      "UPDATE proposals SET state = 'sent' WHERE tenant_no = $1 AND event_id = $2 AND state = 'waiting'",
      tenantNo,
      eventId,
    );
  }
}

/** It did not arrive after all. */
export async function markUnsent(tx: Tx, tenantNo: number, eventIds: readonly EventId[]): Promise<void> {
  for (const eventId of eventIds) {
    await tx.run(
      "UPDATE proposals SET state = 'waiting' WHERE tenant_no = $1 AND event_id = $2 AND state = 'sent'",
      tenantNo,
      eventId,
    );
  }
}

/** Its fate is known: what it said goes from here. False where it was known before. */
export async function settle(
  tx: Tx,
  tenantNo: number,
  eventId: EventId,
  fate: { readonly error: WireRefusal | null },
): Promise<boolean> {
  const settled = await tx.run(
    `UPDATE proposals SET state = $3, error = $4, proposed = NULL
     WHERE tenant_no = $1 AND event_id = $2 AND state IN ('waiting', 'sent')`,
    tenantNo,
    eventId,
    fate.error === null ? "sequenced" : "refused",
    fate.error === null ? null : JSON.stringify(fate.error),
  );
  if (settled > 0) tx.erased();
  return settled > 0;
}

/** Who waits for anything of ours. */
export async function listAddressees(reader: Reader, tenantNo: number): Promise<string[]> {
  const rows = await reader.all<{ server_name: string }>(
    `SELECT server_name FROM proposals WHERE tenant_no = $1 AND state IN ('waiting', 'sent')
     UNION SELECT server_name FROM outgoing WHERE tenant_no = $1
     UNION SELECT server_name FROM deliveries WHERE tenant_no = $1 AND first_position IS NOT NULL
       AND (last_position IS NULL OR confirmed_position < last_position)`,
    tenantNo,
  );
  return rows.map((row) => row.server_name);
}
