import { type Fqid, type JsonObject } from "@stairwell/protocol";
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
export function eventsAfter({ disk, tenantNo }: SimServer, row: number): Row[] {
  const sql = `${EVENTS} WHERE e.tenant_no = $1 AND e.rowid > $2 ORDER BY e.rowid`;
  return disk.writer.all(sql, [tenantNo, row]) as Row[];
}

/** Whether an event is in a store's log and says nothing any more: of a hub that lies nobody has seen what it was. */
export function isWiped({ disk, tenantNo }: SimServer, eventId: string): boolean {
  const sql = "SELECT 1 FROM events WHERE tenant_no = $1 AND event_id = $2 AND content IS NULL";
  return disk.writer.get(sql, [tenantNo, eventId]) !== undefined;
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
export function headsOf({ disk, tenantNo }: SimServer): KeptHead[] {
  return disk.writer.all(
    `SELECT r.room_id AS room, r.hub, p.head, e.position, e.hash FROM replicas p
     JOIN rooms r ON r.tenant_no = p.tenant_no AND r.room_no = p.room_no
     JOIN events e ON e.tenant_no = p.tenant_no AND e.room_no = p.room_no AND e.position =
       (SELECT MAX(position) FROM events l WHERE l.tenant_no = p.tenant_no AND l.room_no = p.room_no)
     WHERE p.tenant_no = $1`,
    [tenantNo],
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
export function roomsOf({ disk, tenantNo }: SimServer, participantNo: number): Seen[] {
  return disk.writer.all(
    `SELECT r.room_id, r.hub, r.state, r.federated, m.membership, m.power_level FROM members m
     JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
     WHERE m.tenant_no = $1 AND m.participant_no = $2 ORDER BY r.room_no`,
    [tenantNo, participantNo],
  ) as Seen[];
}

/** Everybody that a room is about, by the id that they have on this server. */
export function peopleIn(
  { disk, tenantNo }: SimServer,
  roomId: string,
): { id: string; fqid: Fqid; membership: string }[] {
  return disk.writer.all(
    `SELECT p.participant_id AS id, p.fqid, m.membership FROM members m
     JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
     JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE r.tenant_no = $1 AND r.room_id = $2 ORDER BY m.participant_no`,
    [tenantNo, roomId],
  ) as { id: string; fqid: Fqid; membership: string }[];
}

/** The newest messages of a room, by id. */
export function messagesIn({ disk, tenantNo }: SimServer, roomId: string, most: number): string[] {
  const rows = disk.writer.all(
    `SELECT e.event_id FROM events e JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no
     WHERE r.tenant_no = $1 AND r.room_id = $2 AND e.event_type = 'swp.room.message' ORDER BY e.position DESC LIMIT $3`,
    [tenantNo, roomId, most],
  ) as { event_id: string }[];
  return rows.map(({ event_id }) => event_id);
}

interface DueRow {
  readonly id: string;
  readonly room: string;
  readonly position: number;
}

/** What somebody of a server was to be told of, committed there after a sequence: all that happened while they were in a room. */
export function eventsDue({ disk, tenantNo }: SimServer, fqid: Fqid, seq: number): DueRow[] {
  const rows = disk.writer.all(
    `SELECT r.room_id AS room, e.position, e.event_id AS id, e.seq, e.content, e.event_type AS type FROM events e
     JOIN rooms r ON r.tenant_no = e.tenant_no AND r.room_no = e.room_no
     WHERE e.tenant_no = $1 ORDER BY e.room_no, e.position`,
    [tenantNo],
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

/** The files that messages of a room name, the newest first, as their server has them. */
export function filesIn({ disk, tenantNo }: SimServer, roomId: string): { media: string }[] {
  return disk.writer.all(
    `SELECT m.media_id AS media FROM media_refs f JOIN media m ON m.tenant_no = f.tenant_no AND m.media_no = f.media_no
     JOIN rooms r ON r.tenant_no = f.tenant_no AND r.room_no = f.room_no
     WHERE r.tenant_no = $1 AND r.room_id = $2 ORDER BY f.position DESC LIMIT 5`,
    [tenantNo, roomId],
  ) as { media: string }[];
}

/** What all messages that name a file say of it; undefined where none does any more. */
export function saidOf({ disk, tenantNo }: SimServer, mediaId: string): string | undefined {
  const rows = disk.writer.all(
    `SELECT e.content FROM media_refs f JOIN media m ON m.tenant_no = f.tenant_no AND m.media_no = f.media_no
     JOIN events e ON e.tenant_no = f.tenant_no AND e.room_no = f.room_no AND e.position = f.position
     WHERE m.tenant_no = $1 AND m.media_id = $2 AND e.content IS NOT NULL`,
    [tenantNo, mediaId],
  ) as { content: string }[];
  return rows.length === 0 ? undefined : rows.map(({ content }) => content).join(" ");
}

/** The rooms whose hub has said two things to a server, and the heads of the two. */
export function conflictsAt({ disk, tenantNo }: SimServer): { room: string; heads: string[] }[] {
  const rows = disk.writer.all(
    `SELECT r.room_id AS room, p.proofs FROM replicas p JOIN rooms r ON r.tenant_no = p.tenant_no AND r.room_no = p.room_no
     WHERE p.tenant_no = $1 AND p.state = 'conflict' ORDER BY r.room_no`,
    [tenantNo],
  ) as { room: string; proofs: string }[];
  return rows.map(({ room, proofs }) => ({
    room,
    heads: (JSON.parse(proofs) as { head: { hash: string } }[]).map(({ head }) => head.hash),
  }));
}

/** What everybody is called whom a server knows, its own people and others'. */
export function namesAt({ disk, tenantNo }: SimServer): { fqid: Fqid; name: string }[] {
  return disk.writer.all("SELECT fqid, display_name AS name FROM participants WHERE tenant_no = $1 ORDER BY fqid", [
    tenantNo,
  ]) as { fqid: Fqid; name: string }[];
}

/** A room's log as a server has it, oldest first. */
export function eventsOf({ disk, tenantNo }: SimServer, roomId: string): Row[] {
  const sql = `${EVENTS} WHERE e.tenant_no = $1 AND r.room_id = $2 ORDER BY e.position`;
  return disk.writer.all(sql, [tenantNo, roomId]) as Row[];
}
