import { type Fqid, type JsonObject } from "@stairwell/protocol";
import type { Connection } from "../../src/db/connection.ts";
import type { SimServer } from "./server.ts";

/** An event as a store has it, with the signature of whoever is not of the room's own server. */
export interface Row {
  readonly row: number;
  readonly room: string;
  readonly hub: string;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly sender: Fqid | null;
  readonly acted_by: Fqid | null;
  readonly origin_ts: number;
  readonly hub_ts: number;
  readonly content: string | null;
  readonly content_hash: string;
  readonly hash: string;
  readonly key_id: string | null;
  readonly signature: string | null;
}

const EVENTS = `SELECT e.rowid AS "row", r.room_id AS room, r.hub, e.position, e.event_id AS id, e.event_type AS type, e.sender,
  e.acted_by, e.origin_ts, e.hub_ts, e.content, e.content_hash, e.hash, s.key_id, s.value AS signature
  FROM events e JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no
  LEFT JOIN signatures s ON s.tenant_no = e.tenant_no AND s.room_no = e.room_no AND s.position = e.position`;

/** What came to a store's logs after a row, oldest first. */
export function eventsAfter(disk: Pick<Connection, "all">, row: number): Row[] {
  return disk.all(`${EVENTS} WHERE e.rowid > $1 ORDER BY e.rowid`, [row]) as Row[];
}

interface KeptHead {
  readonly room: string;
  readonly hub: string;
  readonly head: string | null;
  /** Of the log. */
  readonly position: number;
  readonly hash: string;
}

/** The heads that replicas keep, beside where their logs end. */
export function headsOf(disk: Pick<Connection, "all">): KeptHead[] {
  return disk.all(
    `SELECT r.room_id AS room, r.hub, p.head, e.position, e.hash FROM replicas p
     JOIN rooms r ON r.tenant_no = p.tenant_no AND r.room_no = p.room_no
     JOIN events e ON e.tenant_no = p.tenant_no AND e.room_no = p.room_no AND e.position =
       (SELECT MAX(position) FROM events l WHERE l.tenant_no = p.tenant_no AND l.room_no = p.room_no)`,
    [],
  ) as KeptHead[];
}

export function contentOf({ content }: Pick<Row, "content">): JsonObject | undefined {
  return content === null ? undefined : (JSON.parse(content) as JsonObject);
}

/** A room as somebody there has it. */
export interface Seen {
  readonly room_id: string;
  readonly hub: string;
  readonly state: string;
  readonly federated: number;
  readonly membership: string;
  readonly power_level: number;
}

/** The rooms that somebody is in, was in, or is invited to, as their server has them. */
export function roomsOf({ disk }: SimServer, participantNo: number): Seen[] {
  return disk.writer.all(
    `SELECT r.room_id, r.hub, r.state, r.federated, m.membership, m.power_level FROM members m
     JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
     WHERE m.participant_no = $1 ORDER BY r.room_no`,
    [participantNo],
  ) as Seen[];
}

/** Everybody that a room is about, by the id that they have on this server. */
export function peopleIn({ disk }: SimServer, roomId: string): { id: string; fqid: Fqid; membership: string }[] {
  return disk.writer.all(
    `SELECT p.participant_id AS id, p.fqid, m.membership FROM members m
     JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
     JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE r.room_id = $1 ORDER BY m.participant_no`,
    [roomId],
  ) as { id: string; fqid: Fqid; membership: string }[];
}

/** The newest messages of a room, by id. */
export function messagesIn({ disk }: SimServer, roomId: string, most: number): string[] {
  const rows = disk.writer.all(
    `SELECT e.event_id FROM events e JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no
     WHERE r.room_id = $1 AND e.event_type = 'swp.room.message' ORDER BY e.position DESC LIMIT $2`,
    [roomId, most],
  ) as { event_id: string }[];
  return rows.map(({ event_id }) => event_id);
}

interface DueRow {
  readonly id: string;
  readonly room: string;
  readonly position: number;
}

/** What somebody of a server was to be told of, committed there after a sequence: all that happened while they were in a room. */
export function eventsDue({ disk }: SimServer, fqid: Fqid, seq: number): DueRow[] {
  const rows = disk.writer.all(
    `SELECT r.room_id AS room, e.position, e.event_id AS id, e.seq, e.content, e.event_type AS type FROM events e
     JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no ORDER BY e.room_no, e.position`,
    [],
  ) as (DueRow & { seq: number; type: string; content: string | null })[];
  const isIn = new Set<string>();
  return rows.filter((row) => {
    const wasIn = isIn.has(row.room);
    if (row.type === "swp.room.member" && row.content !== null) {
      const { participant, membership } = JSON.parse(row.content) as Record<string, unknown>;
      if (participant === fqid && membership === "join") isIn.add(row.room);
      else if (participant === fqid) isIn.delete(row.room);
    }
    return row.seq > seq && (wasIn || isIn.has(row.room));
  });
}
