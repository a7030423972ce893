import type { Fqid, ParticipantId } from "@stairwell/protocol";
import type { LeaveCause, Membership, MemberState } from "@stairwell/protocol/room";
import type { ParticipantType } from "../auth/index.ts";
import type { Seen } from "../participants/index.ts";

export interface StoredMember {
  readonly participantNo: number;
  readonly member: MemberState;
}

/** A member with what others see of them. */
export interface ListedMember extends StoredMember {
  readonly person: Seen;
}

export interface MemberRow {
  participant_no: number;
  fqid: string;
  membership: string;
  power_level: number;
  joined_position: number | null;
  joined_at: number | null;
  left_position: number | null;
  invited_by: string | null;
  cause: string | null;
  has_reason: number;
  ban_expires_at: number | null;
  power_at_leave: number | null;
  position: number;
}

export const COLUMNS =
  "m.participant_no, p.fqid, m.membership, m.power_level, m.joined_position, m.joined_at, m.left_position, m.invited_by, m.cause, m.has_reason, m.ban_expires_at, m.power_at_leave, m.position";
/** What others see of somebody, beside `COLUMNS`. */
export const SEEN = "p.participant_id, p.local_id, p.server_name, p.participant_type, p.display_name, p.avatar_url";
export const FROM =
  "FROM members m JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no";

/** `reason` stands in the event that made the row, and there alone: rows of members move about in the store's file. */
export function toMember(row: MemberRow, reason: string | null): StoredMember {
  return {
    participantNo: row.participant_no,
    member: {
      fqid: row.fqid as Fqid,
      membership: row.membership as Membership,
      powerLevel: row.power_level,
      joinedPosition: row.joined_position,
      joinedAt: row.joined_at,
      leftPosition: row.left_position,
      invitedBy: row.invited_by as Fqid | null,
      cause: row.cause as LeaveCause | null,
      reason,
      banExpiresAt: row.ban_expires_at,
      powerAtLeave: row.power_at_leave,
      position: row.position,
    },
  };
}

export interface ListedRow extends MemberRow {
  participant_id: ParticipantId;
  local_id: string;
  server_name: string;
  participant_type: ParticipantType;
  display_name: string;
  avatar_url: string | null;
}

export function toListed(row: ListedRow, reason: string | null): ListedMember {
  const { participantNo, member } = toMember(row, reason);
  return {
    participantNo,
    member,
    person: {
      participantId: row.participant_id,
      fqid: member.fqid,
      localId: row.local_id,
      serverName: row.server_name,
      participantType: row.participant_type,
      displayName: row.display_name,
      avatarUrl: row.avatar_url,
    },
  };
}
