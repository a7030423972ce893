import type { Fqid } from "../ids.ts";

export type RoomType = "group" | "public" | "incognito" | "dm";
export type RoomLife = "open" | "archived" | "closed";
export type Membership = "invite" | "join" | "leave" | "ban";
export type LeaveCause =
  | "left"
  | "declined"
  | "kicked"
  | "revoked"
  | "unbanned"
  | "expired"
  | "deactivated"
  | "defederated";

/** Power that some acts need (spec/model.md, "Power"). */
export const POWER = { member: 0, moderator: 50, admin: 100 } as const;

/** A room as folded from its log. Members are apart: no command looks at all of them. */
export interface RoomState {
  readonly roomType: RoomType;
  readonly scopeKind: "incognito" | null;
  readonly name: string | null;
  readonly topic: string | null;
  readonly isPublic: boolean;
  readonly closeOnLeave: boolean;
  readonly creator: Fqid;
  readonly workspaceId: string | null;
  readonly state: RoomLife;
  readonly federated: boolean;
  /** Joined members, open invites, and joined members with power 100. */
  readonly joinedCount: number;
  readonly invitedCount: number;
  readonly adminCount: number;
  /** Unix milliseconds by the hub's clock, as all times here. */
  readonly createdAt: number;
  readonly archivedAt: number | null;
  readonly closedAt: number | null;
}

/** One person's standing in a room, as folded from its log. */
export interface MemberState {
  readonly fqid: Fqid;
  readonly membership: Membership;
  readonly powerLevel: number;
  /** Where the present or last stay began, and when. */
  readonly joinedPosition: number | null;
  readonly joinedAt: number | null;
  /** Where the last stay ended: the last position this person may read once gone (MB10). */
  readonly leftPosition: number | null;
  readonly invitedBy: Fqid | null;
  readonly cause: LeaveCause | null;
  readonly reason: string | null;
  readonly banExpiresAt: number | null;
  /** Power at a leave by one's own will, until any later event about them (LC5). */
  readonly powerAtLeave: number | null;
  /** The position of the event that made this. */
  readonly position: number;
  /** They are going from a room of another server, whose log does not say so yet: in their own view alone (FD13). */
  readonly leaving?: true;
}

/** Somebody who can be in rooms, as far as rules ask. */
export interface Person {
  readonly fqid: Fqid;
  readonly participantType: "human" | "bot" | "agent" | "federated";
  readonly isDeactivated: boolean;
  /** Accepts invites at once (MB5). */
  readonly autoJoin: boolean;
}

/** The member as of `now`: a ban is over at the instant it expires, with no sweep (MB13). */
export function asOf(member: MemberState | undefined, now: number): MemberState | undefined {
  if (member?.membership !== "ban" || member.banExpiresAt === null || member.banExpiresAt > now) return member;
  return { ...member, membership: "leave", cause: "expired", banExpiresAt: null, reason: null };
}
