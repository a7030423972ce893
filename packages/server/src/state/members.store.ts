import { type Fqid, parseJson } from "@stairwell/protocol";
import type { MemberContent, MemberState } from "@stairwell/protocol/room";
import { listOf, type Reader } from "../db/index.ts";
import { findEventAt, type RoomRef } from "../events/index.ts";
import { COLUMNS, FROM, type MemberRow, type StoredMember, toMember } from "./member-row.ts";

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
export async function reasonOf(reader: Reader, ref: RoomRef, row: MemberRow): Promise<string | null> {
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
