import type { EventId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

/**
 * How somebody of ours goes from a room of another server whose log does not say so yet (FD13). `asked`: their leave waits
 * for that server; `resigned`: our server tells it; `left`: there is nobody to be asked any more, and that is final.
 */
export interface Leaving {
  readonly kind: "asked" | "resigned" | "left";
  /** The leave that waits. */
  readonly eventId: EventId | null;
}

/** An SQL condition: that a room is none which a person is leaving. The columns or values of both go in. */
export function notLeaving(tenantNo: string, participantNo: string, roomNo: string): string {
  return `${roomNo} NOT IN (SELECT l.room_no FROM leavings l
    WHERE l.tenant_no = ${tenantNo} AND l.participant_no = ${participantNo})`;
}

export async function findLeaving(reader: Reader, at: Room, participantNo: number): Promise<Leaving | undefined> {
  const row = await reader.get<{ kind: Leaving["kind"]; event_id: EventId | null }>(
    "SELECT kind, event_id FROM leavings WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3",
    at.tenantNo,
    participantNo,
    at.roomNo,
  );
  return row && { kind: row.kind, eventId: row.event_id };
}

/** The rooms that somebody is leaving, with how. */
export async function listLeavings(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
): Promise<ReadonlyMap<number, Leaving>> {
  const rows = await reader.all<{ room_no: number; kind: Leaving["kind"]; event_id: EventId | null }>(
    "SELECT room_no, kind, event_id FROM leavings WHERE tenant_no = $1 AND participant_no = $2",
    tenantNo,
    participantNo,
  );
  return new Map(rows.map((row) => [row.room_no, { kind: row.kind, eventId: row.event_id }]));
}

/** Somebody goes; what is final stays so until the log says otherwise. */
export function saveLeaving(tx: Tx, at: Room, participantNo: number, leaving: Leaving): Promise<number> {
  return tx.run(
    `INSERT INTO leavings (tenant_no, participant_no, room_no, kind, event_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_no, participant_no, room_no) DO UPDATE SET kind = excluded.kind, event_id = excluded.event_id
       WHERE leavings.kind <> 'left'`,
    at.tenantNo,
    participantNo,
    at.roomNo,
    leaving.kind,
    leaving.eventId,
  );
}

/** The room is shared no more: nothing is to be waited for. */
export function endWithRoom(tx: Tx, at: Room): Promise<number> {
  return tx.run(
    "UPDATE leavings SET kind = 'left', event_id = NULL WHERE tenant_no = $1 AND room_no = $2",
    at.tenantNo,
    at.roomNo,
  );
}

/** The log says what became of them, or, with `eventId`, that leave of theirs has its fate. False where they were not going. */
export async function endLeaving(tx: Tx, at: Room, participantNo: number, eventId?: EventId): Promise<boolean> {
  const ended = await tx.run(
    `DELETE FROM leavings WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3
     ${eventId === undefined ? "" : "AND event_id = $4"}`,
    at.tenantNo,
    participantNo,
    at.roomNo,
    ...(eventId === undefined ? [] : [eventId]),
  );
  return ended > 0;
}
