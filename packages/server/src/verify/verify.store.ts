import { MEMBER, MESSAGE } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";

export async function countRooms(reader: Reader): Promise<number> {
  return (await reader.get<{ n: number }>("SELECT count(*) AS n FROM rooms"))!.n;
}

/** All rooms of all tenants in the order of their keys, a page at a time. */
export function listRoomKeys(
  reader: Reader,
  after: { tenant_no: number; room_no: number },
  limit: number,
): Promise<{ tenant_no: number; room_no: number }[]> {
  return reader.all(
    "SELECT tenant_no, room_no FROM rooms WHERE (tenant_no, room_no) > ($1, $2) ORDER BY tenant_no, room_no LIMIT $3",
    after.tenant_no,
    after.room_no,
    limit,
  );
}

/** Events whose room has no row, and is not on its way. */
export async function countOrphans(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    "SELECT count(*) AS n FROM (SELECT DISTINCT tenant_no, room_no FROM events) e " +
      "WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.tenant_no = e.tenant_no AND r.room_no = e.room_no) " +
      "AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.tenant_no = e.tenant_no AND i.room_no = e.room_no " +
      "AND i.last_seq IS NULL)",
  );
  return row!.n;
}

/** Read markers that stand at no event, or at another count of messages than that event's. */
export async function countLostMarkers(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    "SELECT count(*) AS n FROM reading d WHERE NOT EXISTS (SELECT 1 FROM events e " +
      "WHERE e.tenant_no = d.tenant_no AND e.room_no = d.room_no AND e.position = d.read_position AND e.ordinal = d.read_ordinal)",
  );
  return row!.n;
}

/** Joined members without a marker: streams and counts would pass them over. */
export async function countUnmarked(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    // Who was in a room of another server before it was here has no stream here to miss anything.
    "SELECT count(*) AS n FROM members m WHERE m.membership = 'join' AND NOT EXISTS (SELECT 1 FROM replicas x " +
      "JOIN rooms r ON r.tenant_no = x.tenant_no AND r.room_no = x.room_no " +
      "JOIN participants p ON p.tenant_no = x.tenant_no AND p.participant_no = m.participant_no " +
      "JOIN tenants t ON t.tenant_no = x.tenant_no AND t.server_name <> p.server_name " +
      "WHERE x.tenant_no = m.tenant_no AND x.room_no = m.room_no) AND NOT EXISTS (SELECT 1 FROM reading d " +
      "WHERE d.tenant_no = m.tenant_no AND d.participant_no = m.participant_no AND d.room_no = m.room_no)",
  );
  return row!.n;
}

/** Incognito rooms are checked one by one: what they say is sealed. */
function notSealed(table: string): string {
  return `NOT EXISTS (SELECT 1 FROM rooms x
    WHERE x.tenant_no = ${table}.tenant_no AND x.room_no = ${table}.room_no AND x.scope_kind = 'incognito')`;
}

/** Whether the rows are the fold of an event too: history that was fetched later is not in them, nor what came unsaid. */
function isFolded(event: string): string {
  return `${event}.seq > 0 AND NOT (${event}.content IS NULL AND EXISTS (SELECT 1 FROM replicas x
    WHERE x.tenant_no = ${event}.tenant_no AND x.room_no = ${event}.room_no))`;
}

/** Whether a position was in a room's log before it was shared with us: whether anything was here in time is not known. */
function isBefore(table: string, position: string): string {
  return `EXISTS (SELECT 1 FROM replicas x
    WHERE x.tenant_no = ${table}.tenant_no AND x.room_no = ${table}.room_no AND ${position} <= x.base_position)`;
}

/** A member of an event's content; null where that is sealed, or no JSON at all. */
function saidBy(event: string, key: string): string {
  return `CASE WHEN json_valid(${event}.content) THEN json_extract(${event}.content, '$.${key}') END`;
}

/** Member events that no standing records as they are, and standings that no member event made: who is sent what rests on them. */
export async function countWrongStandings(reader: Reader): Promise<number> {
  const row = await reader.get<{ events: number; standings: number; equal: number }>(
    `SELECT (SELECT count(*) FROM events e
               WHERE event_type = $1 AND ${notSealed("e")} AND ${isFolded("e")}) AS events,
            (SELECT count(*) FROM standings s WHERE ${notSealed("s")}) AS standings,
            (SELECT count(*) FROM standings s
               JOIN events e ON e.tenant_no = s.tenant_no AND e.room_no = s.room_no AND e.position = s.position
               JOIN participants p ON p.tenant_no = s.tenant_no AND p.participant_no = s.participant_no
             WHERE e.event_type = $1 AND e.seq = s.seq AND ${notSealed("e")}
               AND ${isFolded("e")} AND ${saidBy("e", "participant")} = p.fqid AND ${saidBy("e", "membership")} = s.membership) AS equal`,
    MEMBER,
  );
  return Math.max(row!.events, row!.standings) - row!.equal;
}

/**
 * Replies that are not recorded as the log has them. A redacted one has no content left to compare: that it was wiped
 * must do.
 */
export async function countWrongReplies(reader: Reader): Promise<number> {
  const row = await reader.get<{ said: number; live: number; equal: number; kept: number }>(
    // Looked up one by one, and by the id: an engine that knows nothing of the rows yet would go over a room for each.
    `WITH answers AS (
       SELECT e.tenant_no, e.room_no, e.position, (SELECT t.position FROM events t WHERE t.tenant_no = e.tenant_no
         AND t.room_no + 0 = e.room_no AND t.event_id = ${saidBy("e", "reply_to_event_id")}) AS target_position
       FROM events e WHERE e.event_type = $1 AND ${notSealed("e")}),
     said AS (
       SELECT * FROM answers a WHERE target_position IS NOT NULL AND NOT ${isBefore("a", "a.target_position")})
     SELECT (SELECT count(*) FROM said) AS said,
            (SELECT count(*) FROM replies r WHERE redacted = 0 AND ${notSealed("r")}
              AND NOT ${isBefore("r", "r.target_position")}) AS live,
            (SELECT count(*) FROM said s JOIN replies r USING (tenant_no, room_no, target_position, position)
             WHERE r.redacted = 0 AND ${notSealed("r")}) AS equal,
            (SELECT count(*) FROM replies r JOIN events e USING (tenant_no, room_no, position)
             WHERE r.redacted = 1 AND e.content IS NOT NULL) AS kept`,
    MESSAGE,
  );
  return Math.max(row!.said, row!.live) - row!.equal + row!.kept;
}

/** Threads whose counts are not those of their replies, or whose replies are numbered otherwise than they follow. */
export async function countWrongThreads(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT tenant_no, room_no, target_position, count(*) AS replied, sum(redacted) AS redacted,
         count(CASE WHEN ordinal <> nth THEN 1 END) AS misplaced
       FROM (SELECT *, row_number() OVER (PARTITION BY tenant_no, room_no, target_position ORDER BY position) AS nth
             FROM replies) AS numbered
       GROUP BY tenant_no, room_no, target_position) r
     FULL JOIN threads t USING (tenant_no, room_no, target_position)
     WHERE r.replied IS DISTINCT FROM t.replied OR r.redacted IS DISTINCT FROM t.redacted OR r.misplaced > 0`,
  );
  return row!.n;
}
