import type { DataOf, rooms } from "@stairwell/protocol/api";
import { asOf, can, type Facts, isOpenToAll, type MemberState } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findHead } from "../events/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { findByNo, type Identities, summaryView } from "../participants/index.ts";
import { readingOf, settingsView } from "../reading/index.ts";
import { bareFacts, findMember, personOf, type StoredRoom } from "../state/index.ts";

export type RoomView = DataOf<typeof rooms.getRoom>;

export interface RoomViewParts {
  reader: Reader;
  identities: Identities;
  actor: Actor;
  now: number;
}

/** A room as one caller sees it. That they may see it at all was decided before. */
export async function roomView(parts: RoomViewParts, stored: StoredRoom, row?: MemberState): Promise<RoomView> {
  const { reader, actor, now } = parts;
  const { room } = stored;
  const member = asOf(row ?? (await findMember(reader, stored, actor.participantNo)), now);
  const isInvited = member?.membership === "invite";
  return {
    id: stored.roomId,
    room_alias: stored.alias,
    room_type: room.roomType,
    scope_kind: room.scopeKind,
    name: room.name,
    topic: room.topic,
    is_public: room.isPublic,
    state: room.state,
    members_count: room.joinedCount,
    // What everybody of the tenant sees, an invite hides from nobody.
    ...(isInvited && !isOpenToAll(room) ? {} : await innerView(parts, stored)),
    ...(await dmView(parts, stored)),
    ...(isInvited && { invited_by: await inviterId(parts, stored, member) }),
    ...(member !== undefined && { me: await meView(parts, stored, member) }),
  };
}

/** What an invitee does not see (MB4). */
async function innerView({ reader, identities }: RoomViewParts, stored: StoredRoom): Promise<Partial<RoomView>> {
  const { room } = stored;
  const head = await findHead(reader, stored);
  const creator = await identities.byFqid(reader, stored.tenantNo, room.creator);
  return {
    workspace_id: room.workspaceId,
    creator_id: creator?.participantId ?? null,
    federated: room.federated,
    hub: stored.hub,
    head: head!.position,
    created_at: wireTime(room.createdAt),
    archived_at: wireTimeOrNull(room.archivedAt),
    closed_at: wireTimeOrNull(room.closedAt),
  };
}

/** Several rooms, as one caller sees them. */
export async function roomViews(parts: RoomViewParts, rooms: readonly StoredRoom[]): Promise<RoomView[]> {
  const views: RoomView[] = [];
  for (const room of rooms) views.push(await roomView(parts, room));
  return views;
}

/** DM6: each side sees the other. */
export async function dmView(
  { reader, actor }: Pick<RoomViewParts, "reader" | "actor">,
  stored: StoredRoom,
): Promise<Pick<RoomView, "dm_with">> {
  if (stored.dmLow === null || stored.dmHigh === null) return {};
  const otherNo = stored.dmLow === actor.participantNo ? stored.dmHigh : stored.dmLow;
  const other = await findByNo(reader, stored.tenantNo, otherNo);
  return { dm_with: summaryView(other!) };
}

async function inviterId({ reader, identities }: RoomViewParts, stored: StoredRoom, member: MemberState) {
  if (member.invitedBy === null) return null;
  return (await identities.byFqid(reader, stored.tenantNo, member.invitedBy))?.participantId ?? null;
}

/** Of somebody who never was joined. */
const NEVER_SET = { mode: "inherit", mutedUntil: null } as const;

async function meView(
  { reader, actor, now }: RoomViewParts,
  stored: StoredRoom,
  member: MemberState,
): Promise<NonNullable<RoomView["me"]>> {
  const isJoined = member.membership === "join";
  const { marker, lastReadEventId, counts } = await readingOf(reader, stored, actor.participantNo, isJoined);
  return {
    membership: member.membership,
    power_level: member.powerLevel,
    ...settingsView(marker ?? NEVER_SET, now),
    last_read_event_id: lastReadEventId,
    unread_count: counts.unread,
    mention_count: counts.mentions,
    can: can({ ...bareFacts(actor, now, stored, member), ...(await otherSide(reader, actor, stored)) }),
  };
}

/** Whether an archived DM can be restored hangs on its other side (DM4). */
async function otherSide(reader: Reader, actor: Actor, stored: StoredRoom): Promise<Pick<Facts, "target">> {
  if (stored.room.roomType !== "dm" || stored.room.state !== "archived") return {};
  const otherNo = stored.dmLow === actor.participantNo ? stored.dmHigh : stored.dmLow;
  const other = await findByNo(reader, stored.tenantNo, otherNo!);
  return { target: { person: personOf(other!), member: undefined } };
}
