import type { NotificationMode, NotificationSettings } from "@stairwell/protocol/room";
import { listOf, numberMarks, type Put, type Reader, type Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** A member's own row of a room: where they read to, and how they want to hear of it. Nobody else ever sees it. */
export interface Marker extends NotificationSettings {
  readonly readPosition: number;
  /** Messages of the room up to the marker. */
  readonly readOrdinal: number;
}

interface MarkerRow {
  room_no: number;
  read_position: number;
  read_ordinal: number;
  notification_mode: NotificationMode;
  muted_until: number | null;
}

const COLUMNS = "d.room_no, d.read_position, d.read_ordinal, d.notification_mode, d.muted_until";

function toMarker(row: MarkerRow): Marker {
  return {
    readPosition: row.read_position,
    readOrdinal: row.read_ordinal,
    mode: row.notification_mode,
    mutedUntil: row.muted_until,
  };
}

export async function findMarker(
  reader: Reader,
  ref: Pick<RoomRef, "tenantNo" | "roomNo">,
  participantNo: number,
): Promise<Marker | undefined> {
  const row = await reader.get<MarkerRow>(
    `SELECT ${COLUMNS} FROM reading d WHERE d.tenant_no = $1 AND d.participant_no = $2 AND d.room_no = $3`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
  );
  return row && toMarker(row);
}

/** A marker with the event it stands at. */
export interface MarkerAt {
  readonly marker: Marker;
  readonly lastReadEventId: string | null;
}

/** One person's markers of several rooms by room number, in one statement; rooms they never were in are left out. */
export async function findMarkers(
  reader: Reader,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  roomNos: readonly number[],
): Promise<ReadonlyMap<number, MarkerAt>> {
  if (roomNos.length === 0) return new Map();
  const { marks, values } = listOf(roomNos, 3);
  const rows = await reader.all<MarkerRow & { event_id: string | null }>(
    `SELECT ${COLUMNS}, (SELECT e.event_id FROM events e
       WHERE e.tenant_no = d.tenant_no AND e.room_no = d.room_no AND e.position = d.read_position) AS event_id
     FROM reading d WHERE d.tenant_no = $1 AND d.participant_no = $2 AND d.room_no IN (${marks.join(",")})`,
    tenantNo,
    participantNo,
    ...values,
  );
  return new Map(rows.map((row) => [row.room_no, { marker: toMarker(row), lastReadEventId: row.event_id }]));
}

/** Sets the marker wherever it stood before: the passage to `join` (RD0). Mode and mute of a former stay are kept. */
export function placeMarker(
  tx: Tx,
  ref: RoomRef,
  participantNo: number,
  at: { position: number; ordinal: number },
  firstMode: NotificationMode,
): Promise<number> {
  return tx.run(
    `INSERT INTO reading (tenant_no, participant_no, room_no, read_position, read_ordinal, notification_mode)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_no, participant_no, room_no)
     DO UPDATE SET read_position = excluded.read_position, read_ordinal = excluded.read_ordinal`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    at.position,
    at.ordinal,
    firstMode,
  );
}

const ADVANCE: Put = {
  sql: `UPDATE reading SET read_position = $4, read_ordinal = $5
    WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3 AND read_position < $4`,
  many: (rows) =>
    `UPDATE reading d SET read_position = n.position, read_ordinal = n.ordinal
     FROM (VALUES ${numberMarks(rows, 5)}) AS n (tenant_no, participant_no, room_no, position, ordinal)
     WHERE d.tenant_no = n.tenant_no AND d.participant_no = n.participant_no AND d.room_no = n.room_no
       AND d.read_position < n.position`,
  about: (values) => values.slice(0, 3).join(" "),
};

/** Moves the marker forward, never back (RD1); answers whether it moved. */
export function advanceMarker(
  tx: Tx,
  ref: RoomRef,
  participantNo: number,
  to: { position: number; ordinal: number },
): Promise<number> {
  return tx.run(ADVANCE.sql, ref.tenantNo, participantNo, ref.roomNo, to.position, to.ordinal);
}

/** Moves the marker of whoever says something to it. */
export function advanceOwnMarker(
  tx: Tx,
  ref: RoomRef,
  participantNo: number,
  to: { position: number; ordinal: number },
): void {
  tx.put(ADVANCE, ref.tenantNo, participantNo, ref.roomNo, to.position, to.ordinal);
}

export function updateSettings(
  tx: Tx,
  ref: RoomRef,
  participantNo: number,
  { mode, mutedUntil }: NotificationSettings,
): Promise<number> {
  return tx.run(
    `UPDATE reading SET notification_mode = $4, muted_until = $5
     WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    mode,
    mutedUntil,
  );
}
