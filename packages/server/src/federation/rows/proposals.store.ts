import type { EventId } from "@stairwell/protocol";
import type { Opening, ProposedEvent, WireRefusal } from "@stairwell/protocol/federation";
import { listOf, type Reader, textListOf, type Tx } from "../../db/index.ts";
import type { Asked } from "../../events/index.ts";

/** Of a room that has no number here yet; none has this one. */
export const NO_ROOM = 0;

/** Something that one of our people asked another server to append. */
export interface Pending {
  readonly number: number;
  /** `NO_ROOM` of a room that is to begin with it. */
  readonly roomNo: number;
  readonly participantNo: number;
  readonly eventUuid: string | null;
  readonly event: ProposedEvent;
  /** Of a direct room that is to begin with it: what is said around it. */
  readonly opening: Opening | null;
  /** It may have arrived: then only its hub can say what became of it. */
  readonly isSent: boolean;
}

/** What is proposed, by whom, and by what a repeat of it is known. */
export type NewProposal = Omit<Pending, "number" | "isSent"> & Pick<Asked, "request">;

export function insertProposal(
  tx: Tx,
  tenantNo: number,
  serverName: string,
  { roomNo, participantNo, eventUuid, request, event, opening }: NewProposal,
): Promise<number> {
  return tx.run(
    `INSERT INTO proposals (tenant_no, event_id, server_name, room_no, participant_no, event_uuid, proposed, opening,
       request, request_body, asked_at, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting')`,
    tenantNo,
    event.id,
    serverName,
    roomNo,
    participantNo,
    eventUuid,
    JSON.stringify(event),
    opening === null ? null : JSON.stringify(opening),
    request?.key ?? null,
    request?.bodyHash ?? null,
    event.origin_ts,
  );
}

interface Row {
  number: number;
  room_no: number;
  participant_no: number;
  event_uuid: string | null;
  proposed: string;
  opening: string | null;
  state: string;
}

const PENDING = "SELECT number, room_no, participant_no, event_uuid, proposed, opening, state FROM proposals";

function toPending(row: Row): Pending {
  return {
    number: row.number,
    roomNo: row.room_no,
    participantNo: row.participant_no,
    eventUuid: row.event_uuid,
    event: JSON.parse(row.proposed) as ProposedEvent,
    opening: row.opening === null ? null : (JSON.parse(row.opening) as Opening),
    isSent: row.state === "sent",
  };
}

/** The direct rooms that somebody has asked another server for, and of which nothing is known yet. */
export async function listOpenings(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  participantNo: number,
): Promise<Pending[]> {
  const rows = await reader.all<Row>(
    `${PENDING} WHERE tenant_no = $1 AND server_name = $2 AND participant_no = $3 AND opening IS NOT NULL
       AND state IN ('waiting', 'sent') ORDER BY number`,
    tenantNo,
    serverName,
    participantNo,
  );
  return rows.map(toPending);
}

/** What is known of the fate of a proposal: nothing of one that waits, or is not there. */
export async function findFate(
  reader: Reader,
  tenantNo: number,
  eventId: EventId,
): Promise<{ readonly error: WireRefusal | null } | undefined> {
  const row = await reader.get<{ error: string | null }>(
    "SELECT error FROM proposals WHERE tenant_no = $1 AND event_id = $2 AND state NOT IN ('waiting', 'sent')",
    tenantNo,
    eventId,
  );
  return row && { error: row.error === null ? null : (JSON.parse(row.error) as WireRefusal) };
}

/** Takes back what has not left; false where it has, or may have. */
export async function takeBack(tx: Tx, tenantNo: number, eventId: EventId): Promise<boolean> {
  const taken = await tx.run(
    "DELETE FROM proposals WHERE tenant_no = $1 AND event_id = $2 AND state = 'waiting'",
    tenantNo,
    eventId,
  );
  if (taken > 0) tx.erased();
  return taken > 0;
}

/** Forgets those whose fate is known and that were asked before a time, so many at once; answers how many. */
export function deleteSettled(tx: Tx, before: number, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM proposals WHERE number IN (
       SELECT number FROM proposals WHERE state NOT IN ('waiting', 'sent') AND asked_at < $1 LIMIT $2)`,
    before,
    limit,
  );
}

/**
 * What waits for a server, in the order in which it was asked for, but not of the rooms `skipped`; nor of one whose hub has
 * told two truths: of it nothing more is believed, nor asked (FD17).
 */
export async function listPending(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  { limit, skipped }: { readonly limit: number; readonly skipped: ReadonlySet<number> },
): Promise<Pending[]> {
  const { marks, values } = listOf(skipped.size === 0 ? [-1] : [...skipped], 4);
  const rows = await reader.all<Row>(
    `${PENDING} WHERE tenant_no = $1 AND server_name = $2 AND state IN ('waiting', 'sent')
       AND room_no NOT IN (${marks.join(", ")})
       AND NOT EXISTS (SELECT 1 FROM replicas c
         WHERE c.tenant_no = proposals.tenant_no AND c.room_no = proposals.room_no AND c.state = 'conflict')
     ORDER BY number LIMIT $3`,
    tenantNo,
    serverName,
    limit,
    ...values,
  );
  return rows.map(toPending);
}

/** What waits of one person, in the order in which it was asked for. */
export async function listPendingOf(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  limit: number,
): Promise<Pending[]> {
  const rows = await reader.all<Row>(
    `${PENDING} WHERE tenant_no = $1 AND participant_no = $2 AND state IN ('waiting', 'sent') ORDER BY number LIMIT $3`,
    tenantNo,
    participantNo,
    limit,
  );
  return rows.map(toPending);
}

/** What waits of one room. */
export async function listPendingIn(
  reader: Reader,
  { tenantNo, roomNo }: { readonly tenantNo: number; readonly roomNo: number },
): Promise<Pending[]> {
  const rows = await reader.all<Row>(
    `${PENDING} WHERE tenant_no = $1 AND room_no = $2 AND state IN ('waiting', 'sent') ORDER BY number`,
    tenantNo,
    roomNo,
  );
  return rows.map(toPending);
}

/** Whether one of ours has asked to join a room, and nothing is known of it yet. */
export async function isJoining(
  reader: Reader,
  at: { readonly tenantNo: number; readonly roomNo: number },
): Promise<boolean> {
  return (await listPendingIn(reader, at)).some(({ event }) => event.content["membership"] === "join");
}

/** Whether one of ours answers an invite to a room of a server of which nothing else is here yet, and nothing came of it so far. */
export async function isComingTo(reader: Reader, tenantNo: number, hub: string): Promise<boolean> {
  const row = await reader.get(
    `SELECT 1 AS n FROM proposals p JOIN replicas r ON r.tenant_no = p.tenant_no AND r.room_no = p.room_no
     WHERE p.tenant_no = $1 AND p.server_name = $2 AND p.state IN ('waiting', 'sent') AND r.state = 'invited' LIMIT 1`,
    tenantNo,
    hub,
  );
  return row !== undefined;
}

/** What ours proposed under these ids and whose fate is not known. */
export async function listPendingById(
  reader: Reader,
  tenantNo: number,
  eventIds: readonly EventId[],
): Promise<Map<EventId, Pending>> {
  if (eventIds.length === 0) return new Map();
  const { marks, values } = textListOf(eventIds, 2);
  const rows = await reader.all<Row>(
    `${PENDING} WHERE tenant_no = $1 AND event_id IN (${marks.join(", ")}) AND state IN ('waiting', 'sent')`,
    tenantNo,
    ...values,
  );
  return new Map(rows.map((row) => toPending(row)).map((pending) => [pending.event.id, pending]));
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

/**
 * Before they leave: from now on they may have arrived. Answers those that nobody took back, and whose fate is not known, and
 * whether each leaves for the first time.
 */
export async function markSent(
  tx: Tx,
  tenantNo: number,
  eventIds: readonly EventId[],
): Promise<ReadonlyMap<EventId, "first" | "again">> {
  const sent = new Map<EventId, "first" | "again">();
  for (const eventId of eventIds) {
    const mark = (state: string): Promise<number> =>
      tx.run(
        "UPDATE proposals SET state = 'sent' WHERE tenant_no = $1 AND event_id = $2 AND state = $3",
        tenantNo,
        eventId,
        state,
      );
    if ((await mark("waiting")) > 0) sent.set(eventId, "first");
    else if ((await mark("sent")) > 0) sent.set(eventId, "again");
  }
  return sent;
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
    `UPDATE proposals SET state = $3, error = $4, proposed = NULL, opening = NULL
     WHERE tenant_no = $1 AND event_id = $2 AND state IN ('waiting', 'sent')`,
    tenantNo,
    eventId,
    fate.error === null ? "sequenced" : "refused",
    fate.error === null ? null : JSON.stringify(fate.error),
  );
  if (settled > 0) tx.erased();
  return settled > 0;
}
