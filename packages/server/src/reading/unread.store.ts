import type { RoomId } from "@stairwell/protocol";
import { MESSAGE } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { notLeaving } from "../state/index.ts";
import { EVERYBODY } from "./mentions.store.ts";

export interface UnreadRoom {
  readonly at: RoomRef;
  readonly unread: number;
  readonly mentions: number;
  readonly readPosition: number;
  /** Unix milliseconds; null or past: not muted. */
  readonly mutedUntil: number | null;
}

/** A message whose content is gone, in the words of the index that has only those. */
const WIPED = (e: string): string => `${e}.content IS NULL AND ${e}.event_type = '${MESSAGE}' AND ${e}.imported = 0`;

/** Positions above `above` of messages that mention a person, by name or by `@room`, each once. */
const MENTIONS = (tenant: string, person: string, room: string, above: string): string =>
  `SELECT position FROM mentions WHERE tenant_no = ${tenant} AND participant_no = ${person} AND room_no = ${room}
     AND position > ${above}
   UNION SELECT position FROM mentions WHERE tenant_no = ${tenant} AND participant_no = ${EVERYBODY} AND room_no = ${room}
     AND position > ${above}`;

const SQL = {
  wiped: `SELECT count(*) AS n FROM events e
     WHERE e.tenant_no = $1 AND e.room_no = $2 AND e.position > $3 AND ${WIPED("e")}`,
  mentions: `SELECT count(*) AS n FROM (${MENTIONS("$1", "$2", "$3", "$4")}) AS found`,
  // What is behind a marker is looked up only where something is: a quiet room costs a few steps by key.
  rooms: `SELECT r.room_id, b.room_no, b.read_position, b.muted_until,
       b.messages - (SELECT count(*) FROM events e WHERE e.tenant_no = b.tenant_no AND e.room_no = b.room_no
                       AND e.position > b.read_position AND ${WIPED("e")}) AS unread,
       (SELECT count(*) FROM (${MENTIONS("b.tenant_no", "b.participant_no", "b.room_no", "b.read_position")}) AS found) AS mentions
     FROM (
       SELECT m.tenant_no, m.participant_no, m.room_no, d.read_position, d.muted_until,
         (SELECT e.ordinal FROM events e WHERE e.tenant_no = m.tenant_no AND e.room_no = m.room_no
          ORDER BY e.position DESC LIMIT 1) - d.read_ordinal AS messages
       FROM members m
       JOIN reading d ON d.tenant_no = m.tenant_no AND d.participant_no = m.participant_no AND d.room_no = m.room_no
       WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'join'
         AND ${notLeaving("$1", "$2", "m.room_no")}) b
     JOIN rooms r ON r.tenant_no = b.tenant_no AND r.room_no = b.room_no
     WHERE b.messages > 0 AND r.state = 'open' ORDER BY b.room_no`,
  unreadIds: `SELECT event_id FROM events
     WHERE tenant_no = $1 AND room_no = $2 AND position > $3 AND event_type = '${MESSAGE}' AND imported = 0
       AND content IS NOT NULL ORDER BY position LIMIT $4`,
  mentionIds: `SELECT event_id FROM events
     WHERE tenant_no = $1 AND room_no = $3 AND position IN (${MENTIONS("$1", "$2", "$3", "$4")})
     ORDER BY position LIMIT $5`,
} as const;

/** Redacted messages above a position. */
export async function countWiped(reader: Reader, ref: RoomRef, above: number): Promise<number> {
  return (await reader.get<{ n: number }>(SQL.wiped, ref.tenantNo, ref.roomNo, above))!.n;
}

/** Messages above a position that mention this person, by name or by `@room`, each once. */
export async function countMentions(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  above: number,
): Promise<number> {
  return (await reader.get<{ n: number }>(SQL.mentions, ref.tenantNo, participantNo, ref.roomNo, above))!.n;
}

/** Open rooms a person is joined in that have something unread, in one statement. */
export async function listUnread(reader: Reader, tenantNo: number, participantNo: number): Promise<UnreadRoom[]> {
  const rows = await reader.all<{
    room_id: string;
    room_no: number;
    unread: number;
    mentions: number;
    read_position: number;
    muted_until: number | null;
  }>(SQL.rooms, tenantNo, participantNo);
  return rows
    .filter(({ unread }) => unread > 0)
    .map((row) => ({
      at: { tenantNo, roomNo: row.room_no, roomId: row.room_id as RoomId },
      unread: row.unread,
      mentions: row.mentions,
      readPosition: row.read_position,
      mutedUntil: row.muted_until,
    }));
}

/** The first messages above a position that are not redacted, oldest first. */
export async function listUnreadIds(reader: Reader, ref: RoomRef, above: number, limit: number): Promise<string[]> {
  const rows = await reader.all<{ event_id: string }>(SQL.unreadIds, ref.tenantNo, ref.roomNo, above, limit);
  return rows.map((row) => row.event_id);
}

/** The first messages above a position that mention this person, oldest first. */
export async function listMentionIds(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  above: number,
  limit: number,
): Promise<string[]> {
  const keys = [ref.tenantNo, participantNo, ref.roomNo, above, limit] as const;
  return (await reader.all<{ event_id: string }>(SQL.mentionIds, ...keys)).map((row) => row.event_id);
}
