import type { DataOf, rooms } from "@stairwell/protocol/api";
import { asOf, can, type Facts, isOpenToAll, type MemberState } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findHead, findHeads, type Head } from "../events/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { findByNo, type Identities, summaryView } from "../participants/index.ts";
import { type OwnReading, readingsOf, settingsView } from "../reading/index.ts";
import { bareFacts, findOwnMember, findOwnMembers, isForgotten, personOf, type StoredRoom } from "../state/index.ts";

export type RoomView = DataOf<typeof rooms.getRoom>;

export interface RoomViewParts {
  reader: Reader;
  identities: Identities;
  actor: Actor;
  now: number;
}

/** What of a room is at hand beside its row. */
interface AtHand {
  /** The caller's own row, if they have one. */
  readonly member: MemberState | undefined;
  readonly head: Head;
  /** Where they have a row. */
  readonly reading: OwnReading | undefined;
}

/** A room as one caller sees it. That they may see it at all was decided before. */
export async function roomView(parts: RoomViewParts, stored: StoredRoom, row?: MemberState): Promise<RoomView> {
  const { reader, actor } = parts;
  const member = row ?? (await findOwnMember(reader, actor, stored));
  const head = (await findHead(reader, stored))!;
  const readings = await ownReadings(parts, [{ at: stored, member, head }]);
  return viewOf(parts, stored, { member, head, reading: readings.get(stored.roomNo) });
}

/** Several rooms, as one caller sees them. */
export async function roomViews(parts: RoomViewParts, rooms: readonly StoredRoom[]): Promise<RoomView[]> {
  const { reader, actor } = parts;
  const { tenantNo } = actor.tenant;
  const members = await findOwnMembers(reader, { tenantNo, participantNo: actor.participantNo }, rooms);
  const heads = await findHeads(
    reader,
    tenantNo,
    rooms.map(({ roomNo }) => roomNo),
  );
  const found = rooms.map((at) => ({ at, member: members.get(at.roomNo), head: heads.get(at.roomNo)! }));
  const readings = await ownReadings(parts, found);
  const views: RoomView[] = [];
  for (const { at, member, head } of found) {
    views.push(await viewOf(parts, at, { member, head, reading: readings.get(at.roomNo) }));
  }
  return views;
}

/** The caller's reading of those rooms in which they have a row. */
function ownReadings(
  { reader, actor, now }: RoomViewParts,
  rooms: readonly { at: StoredRoom; member: MemberState | undefined; head: Head }[],
): Promise<ReadonlyMap<number, OwnReading>> {
  const who = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
  const asked = rooms
    .filter(({ member }) => member !== undefined)
    .map(({ at, member, head }) => ({
      at,
      head,
      mayCount: asOf(member, now)?.membership === "join" && !isForgotten(at),
    }));
  return readingsOf(reader, who, asked);
}

async function viewOf(parts: RoomViewParts, stored: StoredRoom, atHand: AtHand): Promise<RoomView> {
  const { room } = stored;
  const member = asOf(atHand.member, parts.now);
  const isInvited = member?.membership === "invite";
  // Filled key by key: a page has many rooms, and an object put together of others costs more than all it says.
  const view: RoomView = {
    id: stored.roomId,
    room_alias: stored.alias,
    room_type: room.roomType,
    scope_kind: room.scopeKind,
    name: room.name,
    topic: room.topic,
    is_public: room.isPublic,
    state: room.state,
    members_count: room.joinedCount,
  };
  // What everybody of the tenant sees, an invite hides from nobody; the rest an invitee does not see (MB4).
  if (!isInvited || isOpenToAll(room)) {
    view.workspace_id = room.workspaceId;
    view.creator_id = await participantIdOf(parts, stored, room.creator);
    view.federated = room.federated;
    view.hub = stored.hub;
    view.head = atHand.head.position;
    view.created_at = wireTime(room.createdAt);
    view.archived_at = wireTimeOrNull(room.archivedAt);
    view.closed_at = wireTimeOrNull(room.closedAt);
  }
  if (stored.dmLow !== null) Object.assign(view, await dmView(parts, stored));
  if (isInvited) view.invited_by = await participantIdOf(parts, stored, member.invitedBy);
  if (member !== undefined) view.me = await meView(parts, stored, member, atHand.reading!);
  return view;
}

/** Null for nobody, and for somebody whom this server does not know. */
function participantIdOf(
  { reader, identities }: RoomViewParts,
  { tenantNo }: StoredRoom,
  fqid: string | null,
): string | null | Promise<string | null> {
  if (fqid === null) return null;
  const known = identities.byFqid(reader, tenantNo, fqid);
  return known instanceof Promise ? known.then((who) => who?.participantId ?? null) : known.participantId;
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

/** Of somebody who never was joined. */
const NEVER_SET = { mode: "inherit", mutedUntil: null } as const;

async function meView(
  { reader, actor, now }: RoomViewParts,
  stored: StoredRoom,
  member: MemberState,
  { marker, lastReadEventId, counts }: OwnReading,
): Promise<NonNullable<RoomView["me"]>> {
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
