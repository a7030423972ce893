import { type Fqid, parseJson, type ParticipantId } from "@stairwell/protocol";
import type { MemberContent, Membership, MemberState } from "@stairwell/protocol/room";
import { listOf, type Reader, rowMarks, type Tx, type Value } from "../db/index.ts";
import { findEventAt, type RoomRef } from "../events/index.ts";
import {
  COLUMNS,
  FROM,
  type ListedMember,
  type ListedRow,
  type MemberRow,
  SEEN,
  type StoredMember,
  toListed,
  toMember,
} from "./member-row.ts";

/** Built once: a text that is put together at each call costs more to look up than the row does to read. */
const ONE_MEMBER = `SELECT ${COLUMNS} ${FROM} WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.participant_no = $3`;

export async function findMember(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
): Promise<MemberState | undefined> {
  const row = await reader.get<MemberRow>(ONE_MEMBER, ref.tenantNo, ref.roomNo, participantNo);
  return row && toMember(row, await reasonOf(reader, ref, row)).member;
}

/** One person's rows of several rooms by room number, in one statement; rooms they have no row of are left out. */
export async function findOwnMembers(
  reader: Reader,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  rooms: readonly RoomRef[],
): Promise<ReadonlyMap<number, MemberState>> {
  if (rooms.length === 0) return new Map();
  const { marks, values } = listOf(
    rooms.map(({ roomNo }) => roomNo),
    3,
  );
  const rows = await reader.all<MemberRow & { room_no: number }>(
    `SELECT m.room_no, ${COLUMNS} ${FROM}
     WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.room_no IN (${marks.join(",")})`,
    tenantNo,
    participantNo,
    ...values,
  );
  const refs = new Map(rooms.map((room) => [room.roomNo, room]));
  const members = new Map<number, MemberState>();
  for (const row of rows) {
    members.set(row.room_no, toMember(row, await reasonOf(reader, refs.get(row.room_no)!, row)).member);
  }
  return members;
}

/** Nearly nobody has one. Null where it was wiped (LC8), or its room's key is gone. */
async function reasonOf(reader: Reader, ref: RoomRef, row: MemberRow): Promise<string | null> {
  if (row.has_reason === 0) return null;
  const content = (await findEventAt(reader, ref, row.position))?.content ?? "{}";
  return (parseJson(content) as Partial<MemberContent>).reason ?? null;
}

/** All rows of a room, for `verify`. */
export async function allMembers(reader: Reader, ref: RoomRef): Promise<StoredMember[]> {
  const rows = await reader.all<MemberRow>(
    `SELECT ${COLUMNS} ${FROM} WHERE m.tenant_no = $1 AND m.room_no = $2`,
    ref.tenantNo,
    ref.roomNo,
  );
  return Promise.all(rows.map(async (row) => toMember(row, await reasonOf(reader, ref, row))));
}

/** Everybody of the tenant's own who is or was in a room, or invited to it, by their numbers. */
export async function listOwnNos(reader: Reader, ref: Pick<RoomRef, "tenantNo" | "roomNo">): Promise<number[]> {
  const rows = await reader.all<{ participant_no: number }>(
    `SELECT m.participant_no FROM members m
     JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND p.participant_type <> 'federated'`,
    ref.tenantNo,
    ref.roomNo,
  );
  return rows.map((row) => row.participant_no);
}

export interface MembersPage {
  membership: Membership;
  /** Unix milliseconds: what a ban is at this time. */
  now: number;
  /** Case-folded text that the name or local id must contain. */
  q?: string | undefined;
  /** `listedPosition` of the last row of the page before. */
  after?: number | undefined;
  limit: number;
}

/** Members in the order of their join position; the invited, gone and banned in the order in which they became it. */
export async function listMembers(reader: Reader, ref: RoomRef, page: MembersPage): Promise<ListedMember[]> {
  const values: Value[] = [ref.tenantNo, ref.roomNo, page.limit];
  const after = page.after;
  const are = whoAre(page, values);
  const beyond = after === undefined ? "" : `AND m.listed_position > $${values.push(after)}`;
  const like = page.q === undefined ? "" : `AND instr(p.search_text, $${values.push(page.q)}) > 0`;
  const rows = await reader.all<ListedRow>(
    `SELECT ${COLUMNS}, ${SEEN} ${FROM}
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND ${are} ${beyond} ${like}
     ORDER BY m.listed_position LIMIT $3`,
    ...values,
  );
  return Promise.all(rows.map(async (row) => toListed(row, await reasonOf(reader, ref, row))));
}

/** How many rows a list would have, counted to one above `most`. */
export async function countMembers(
  reader: Reader,
  ref: RoomRef,
  page: Pick<MembersPage, "membership" | "now" | "q">,
  most: number,
): Promise<number> {
  const values: Value[] = [ref.tenantNo, ref.roomNo, most + 1];
  const are = whoAre(page, values);
  const like = page.q === undefined ? "" : `AND instr(p.search_text, $${values.push(page.q)}) > 0`;
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 ${FROM} WHERE m.tenant_no = $1 AND m.room_no = $2 AND ${are} ${like} LIMIT $3)`,
    ...values,
  );
  return row!.n;
}

/** Whose membership it is at that time: somebody whose ban is over has left, with no sweep (MB13). */
function whoAre({ membership, now }: Pick<MembersPage, "membership" | "now">, values: Value[]): string {
  switch (membership) {
    case "leave":
      return `(m.membership = 'leave' OR m.membership = 'ban' AND m.ban_expires_at <= $${values.push(now)})`;
    case "ban":
      return `m.membership = 'ban' AND (m.ban_expires_at IS NULL OR m.ban_expires_at > $${values.push(now)})`;
    default:
      return `m.membership = $${values.push(membership)}`;
  }
}

/** The other side of a DM. */
export async function findOtherMember(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
): Promise<number | undefined> {
  const row = await reader.get<{ participant_no: number }>(
    "SELECT participant_no FROM members WHERE tenant_no = $1 AND room_no = $2 AND participant_no <> $3",
    ref.tenantNo,
    ref.roomNo,
    participantNo,
  );
  return row?.participant_no;
}

export async function isJoined(
  reader: Reader,
  at: Pick<RoomRef, "tenantNo" | "roomNo">,
  participantNo: number,
): Promise<boolean> {
  const row = await reader.get<{ membership: string }>(
    "SELECT membership FROM members WHERE tenant_no = $1 AND room_no = $2 AND participant_no = $3",
    at.tenantNo,
    at.roomNo,
    participantNo,
  );
  return row?.membership === "join";
}

/** Open invites that one person holds in a room. */
export async function countInvitesBy(reader: Reader, ref: RoomRef, inviter: Fqid): Promise<number> {
  const row = await reader.get<{ n: number }>(
    "SELECT count(*) AS n FROM members WHERE tenant_no = $1 AND room_no = $2 AND membership = 'invite' AND invited_by = $3",
    ref.tenantNo,
    ref.roomNo,
    inviter,
  );
  return row!.n;
}

/** Whom somebody has invited here and who has not answered yet; the earliest first. */
export async function listInvitesBy(reader: Reader, ref: RoomRef, inviter: Fqid, limit: number): Promise<Fqid[]> {
  const rows = await reader.all<{ fqid: Fqid }>(
    `SELECT p.fqid ${FROM}
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.membership = 'invite' AND m.invited_by = $3
     ORDER BY m.listed_position LIMIT $4`,
    ref.tenantNo,
    ref.roomNo,
    inviter,
    limit,
  );
  return rows.map(({ fqid }) => fqid);
}

/**
 * Local humans first, then local bots and agents, then foreign members (MB15). Whoever was deactivated is about to
 * leave and inherits only where there is nobody else, so that the room has an admin until then.
 */
const HEIR_RANK = `CASE WHEN p.deactivated_at IS NOT NULL THEN 3
  ELSE CASE p.participant_type WHEN 'human' THEN 0 WHEN 'federated' THEN 2 ELSE 1 END END`;

const HEIRS = `SELECT p.fqid, p.participant_id ${FROM}
  WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.membership = 'join' AND m.participant_no <> $3 AND ${HEIR_RANK} = $4`;

interface Heir {
  fqid: Fqid;
  participant_id: ParticipantId;
}

/**
 * Who may inherit from the last admin, the first `most` of them (MB15): in each kind the highest power, then the earliest
 * join. Members with power are few and have an index of their own; the others are taken in the order of joining, so
 * that a large room is not sorted.
 */
export function listHeirs(reader: Reader, ref: RoomRef, without: number, most: number): Promise<Heir[]> {
  return listRanked(reader, ref, without, [0, 1, 2, 3], most);
}

/** Who could be made an admin in somebody's stead (PL3): as `listHeirs`, and nobody who is about to leave. */
export function listCandidates(reader: Reader, ref: RoomRef, without: number, most: number): Promise<Heir[]> {
  return listRanked(reader, ref, without, [0, 1, 2], most);
}

async function listRanked(
  reader: Reader,
  ref: RoomRef,
  without: number,
  ranks: readonly number[],
  most: number,
): Promise<Heir[]> {
  const heirs: Heir[] = [];
  for (const rank of ranks) {
    for (const order of ["> 0 ORDER BY m.power_level DESC, m.joined_position", "= 0 ORDER BY m.listed_position"]) {
      if (heirs.length === most) return heirs;
      const keys = [ref.tenantNo, ref.roomNo, without, rank, most - heirs.length] as const;
      heirs.push(...(await reader.all<Heir>(`${HEIRS} AND m.power_level ${order} LIMIT $5`, ...keys)));
    }
  }
  return heirs;
}

/** Writes the fold of one member. */
export function putMember(tx: Tx, ref: RoomRef, participantNo: number, member: MemberState): Promise<number> {
  return tx.run(PUT_ONE, ...valuesOf(ref, participantNo, member));
}

/** Rows that a statement writes; fewer are written one by one. */
const AT_ONCE = 64;
const PUT_COLUMNS = 15;
const putting = (rows: number): string =>
  `INSERT INTO members (tenant_no, room_no, participant_no, membership, power_level, joined_position, joined_at,
     left_position, invited_by, cause, has_reason, ban_expires_at, power_at_leave, position, listed_position)
   VALUES ${rowMarks(rows, PUT_COLUMNS)}
   ON CONFLICT (tenant_no, room_no, participant_no) DO UPDATE SET
     membership = excluded.membership, power_level = excluded.power_level, joined_position = excluded.joined_position,
     joined_at = excluded.joined_at, left_position = excluded.left_position, invited_by = excluded.invited_by,
     cause = excluded.cause, has_reason = excluded.has_reason, ban_expires_at = excluded.ban_expires_at,
     power_at_leave = excluded.power_at_leave, position = excluded.position, listed_position = excluded.listed_position`;
const PUT_ONE = putting(1);
const PUT_MANY = putting(AT_ONCE);

/** Writes the folds of many, each once. */
export async function putMembers(
  tx: Tx,
  ref: RoomRef,
  members: readonly (readonly [participantNo: number, member: MemberState])[],
): Promise<void> {
  const whole = members.length - (members.length % AT_ONCE);
  for (let at = 0; at < whole; at += AT_ONCE) {
    await tx.run(PUT_MANY, ...members.slice(at, at + AT_ONCE).flatMap(([no, member]) => valuesOf(ref, no, member)));
  }
  for (const [participantNo, member] of members.slice(whole)) await putMember(tx, ref, participantNo, member);
}

function valuesOf({ tenantNo, roomNo }: RoomRef, participantNo: number, member: MemberState): Value[] {
  return [
    tenantNo,
    roomNo,
    participantNo,
    member.membership,
    member.powerLevel,
    member.joinedPosition,
    member.joinedAt,
    member.leftPosition,
    member.invitedBy,
    member.cause,
    member.reason === null ? 0 : 1,
    member.banExpiresAt,
    member.powerAtLeave,
    member.position,
    listedPosition(member),
  ];
}

/** Where a member stands in lists. No two of a room share it: each row was made by an event of its own. */
export function listedPosition(member: MemberState): number {
  return member.membership === "join" ? member.joinedPosition! : member.position;
}

/** Takes all rows of a room away, where a whole state comes in their place. */
export function deleteMembers(tx: Tx, ref: RoomRef): Promise<number> {
  return tx.run("DELETE FROM members WHERE tenant_no = $1 AND room_no = $2", ref.tenantNo, ref.roomNo);
}
