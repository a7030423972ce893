import type { MemberState } from "@stairwell/protocol/room";
import { rowMarks, type Tx, type Value } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

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
