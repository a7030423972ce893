import type { Fqid } from "@stairwell/protocol";
import type { Reader } from "../db/index.ts";
import { EVERYBODY } from "../reading/index.ts";
import { notLeaving } from "../state/index.ts";

/** Whose inbox it is. */
export interface Owner {
  readonly tenantNo: number;
  readonly participantNo: number;
  readonly fqid: Fqid;
}

/** An event that stands in an inbox. */
export interface Place {
  readonly roomNo: number;
  readonly position: number;
  /** The tenant's sequence: the order of an inbox. */
  readonly seq: number;
}

interface PlaceRow {
  room_no: number;
  position: number;
  seq: number;
}

/** Who says `@room` is not addressed by it. */
const BY_OTHERS = `(SELECT e.sender FROM events e
  WHERE e.tenant_no = x.tenant_no AND e.room_no = x.room_no AND e.position = x.position) <> $4`;

const SQL = {
  heads: `SELECT room_no, joined_position, CASE WHEN own > everybody THEN own ELSE everybody END AS seq FROM (
      SELECT m.room_no, m.joined_position,
        coalesce((SELECT max(x.seq) FROM mentions x WHERE x.tenant_no = m.tenant_no
           AND x.participant_no = m.participant_no AND x.room_no = m.room_no AND x.seq < $3), 0) AS own,
        coalesce((SELECT CASE WHEN x.position > m.joined_position THEN x.seq END FROM mentions x WHERE ${BY_OTHERS} AND x.tenant_no = m.tenant_no
           AND x.participant_no = ${EVERYBODY} AND x.room_no = m.room_no AND x.seq < $3
         ORDER BY x.seq DESC LIMIT 1), 0) AS everybody
      FROM members m WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'join'
        AND ${notLeaving("$1", "$2", "m.room_no")}) AS found
    WHERE own > 0 OR everybody > 0 ORDER BY seq DESC`,
  mentions: `SELECT * FROM (
      SELECT x.room_no, x.position, x.seq FROM mentions x
      WHERE x.tenant_no = $1 AND x.participant_no = $2 AND x.room_no = $5 AND x.seq < $3 ORDER BY x.seq DESC LIMIT $6) AS own
    UNION SELECT * FROM (
      SELECT x.room_no, x.position, x.seq FROM mentions x
      WHERE ${BY_OTHERS} AND x.tenant_no = $1 AND x.participant_no = ${EVERYBODY} AND x.room_no = $5 AND x.seq < $3
        AND x.seq > (SELECT j.seq FROM events j WHERE j.tenant_no = $1 AND j.room_no = $5 AND j.position = $7)
      ORDER BY x.seq DESC LIMIT $6) AS everybody
    ORDER BY seq DESC LIMIT $6`,
  invites: `SELECT s.room_no, s.position, s.seq FROM members m
    JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no AND r.state = 'open'
    JOIN standings s ON s.tenant_no = m.tenant_no AND s.participant_no = m.participant_no AND s.room_no = m.room_no
      AND s.position = m.position
    WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'invite' AND s.seq < $3
      AND ${notLeaving("$1", "$2", "m.room_no")}
    ORDER BY s.seq DESC LIMIT $4`,
} as const;

/** A room with something for its member. */
export interface MentionHead {
  readonly roomNo: number;
  /** Where their stay began: `@room` reaches whoever is there. */
  readonly joinedPosition: number;
  /** Of the newest mention. */
  readonly seq: number;
}

/** The rooms a person is joined in that have a mention of them before a sequence, the one with the newest first. */
export async function listMentionHeads(
  reader: Reader,
  { tenantNo, participantNo, fqid }: Owner,
  before: number,
): Promise<MentionHead[]> {
  const rows = await reader.all<{ room_no: number; joined_position: number; seq: number }>(
    SQL.heads,
    tenantNo,
    participantNo,
    before,
    fqid,
  );
  return rows.map((row) => ({ roomNo: row.room_no, joinedPosition: row.joined_position, seq: row.seq }));
}

/** The newest mentions of a person in one room before a sequence. */
export async function listMentionsIn(
  reader: Reader,
  { tenantNo, participantNo, fqid }: Owner,
  { roomNo, joinedPosition }: MentionHead,
  before: number,
  limit: number,
): Promise<Place[]> {
  const keys = [tenantNo, participantNo, before, fqid, roomNo, limit, joinedPosition] as const;
  return (await reader.all<PlaceRow>(SQL.mentions, ...keys)).map(toPlace);
}

/** The newest invites to open rooms that a person has not answered, before a sequence. */
export async function listInvites(
  reader: Reader,
  { tenantNo, participantNo }: Owner,
  before: number,
  limit: number,
): Promise<Place[]> {
  return (await reader.all<PlaceRow>(SQL.invites, tenantNo, participantNo, before, limit)).map(toPlace);
}

function toPlace(row: PlaceRow): Place {
  return { roomNo: row.room_no, position: row.position, seq: row.seq };
}
