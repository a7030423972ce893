import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

export type NotificationMode = "all" | "mentions" | "none" | "inherit";

/** A member's own settings of a room; nobody else ever sees them. */
export interface Marker {
  readonly readPosition: number;
  /** Messages of the room up to the marker. */
  readonly readOrdinal: number;
  readonly notificationMode: NotificationMode;
  /** Unix milliseconds; in the past means unmuted (RD3). */
  readonly mutedUntil: number | null;
}

export interface UnreadRoom {
  roomId: string;
  roomNo: number;
  unread: number;
  readPosition: number;
  mutedUntil: number | null;
}

/** `@room` in the mentions table. */
export const EVERYBODY = 0;

export async function findMarker(reader: Reader, ref: RoomRef, participantNo: number): Promise<Marker | undefined> {
  const row = await reader.get<{
    read_position: number;
    read_ordinal: number;
    notification_mode: NotificationMode;
    muted_until: number | null;
  }>(
    `SELECT read_position, read_ordinal, notification_mode, muted_until FROM reading
     WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
  );
  return (
    row && {
      readPosition: row.read_position,
      readOrdinal: row.read_ordinal,
      notificationMode: row.notification_mode,
      mutedUntil: row.muted_until,
    }
  );
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

/** Moves the marker forward, never back (RD1). */
export function advanceMarker(
  tx: Tx,
  ref: RoomRef,
  participantNo: number,
  to: { position: number; ordinal: number },
): Promise<number> {
  return tx.run(
    `UPDATE reading SET read_position = $4, read_ordinal = $5
     WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3 AND read_position < $4`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    to.position,
    to.ordinal,
  );
}

export function insertMention(tx: Tx, ref: RoomRef, participantNo: number, position: number): Promise<number> {
  return tx.run(
    "INSERT INTO mentions (tenant_no, participant_no, room_no, position) VALUES ($1, $2, $3, $4)",
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    position,
  );
}

/** Messages above a position that mention this person, by name or by `@room`, each once. */
export async function countMentions(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  above: number,
): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT position FROM mentions WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3 AND position > $4
       UNION
       SELECT position FROM mentions WHERE tenant_no = $1 AND participant_no = ${EVERYBODY} AND room_no = $3 AND position > $4)`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    above,
  );
  return row!.n;
}

/** Open rooms a person is joined in that have something unread; a few steps by key for each room they are in. */
export async function listUnread(reader: Reader, tenantNo: number, participantNo: number): Promise<UnreadRoom[]> {
  const rows = await reader.all<{
    room_id: string;
    room_no: number;
    unread: number;
    read_position: number;
    muted_until: number | null;
  }>(
    `SELECT * FROM (
       SELECT r.room_id, r.room_no, d.read_position, d.muted_until,
         (SELECT e.ordinal FROM events e WHERE e.tenant_no = m.tenant_no AND e.room_no = m.room_no
          ORDER BY e.position DESC LIMIT 1) - d.read_ordinal AS unread
       FROM members m
       JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no AND r.state = 'open'
       JOIN reading d ON d.tenant_no = m.tenant_no AND d.participant_no = m.participant_no AND d.room_no = m.room_no
       WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'join')
     WHERE unread > 0 ORDER BY room_no`,
    tenantNo,
    participantNo,
  );
  return rows.map((row) => ({
    roomId: row.room_id,
    roomNo: row.room_no,
    unread: row.unread,
    readPosition: row.read_position,
    mutedUntil: row.muted_until,
  }));
}
