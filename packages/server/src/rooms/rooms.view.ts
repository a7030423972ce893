import type { DataOf, rooms } from "@stairwell/protocol/api";
import { asOf, can, type Facts, isOpenToAll, type MemberState } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findHead, type Head } from "../events/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { findByNo, type Identities, summaryView } from "../participants/index.ts";
import { type OwnReading, readingsOf, settingsView } from "../reading/index.ts";
import {
  bareFacts,
  findOwnMember,
  findOwnMembers,
  isForgotten,
  listFormerServers,
  personOf,
  type StoredRoom,
} from "../state/index.ts";

export type RoomView = DataOf<typeof rooms.getRoom>;

export interface RoomViewParts {
  reader: Reader;
  identities: Identities;
  actor: Actor;
  now: number;
}

type KnownPeople = Pick<RoomViewParts, "reader" | "identities">;

/** What of a room is at hand beside its row. */
interface AtHand {
  /** The caller's own row, if they have one. */
  readonly member: MemberState | undefined;
  readonly head: Head;
  /** Where they have a row. */
  readonly reading: OwnReading | undefined;
  /** Which servers had it when its sharing ended, where that is something for the caller to do. */
  readonly formerServers: readonly string[] | undefined;
}

/** A room as lists show it. */
export interface ListedRoom {
  readonly stored: StoredRoom;
  readonly head: Head;
  /** What all people of the tenant see of it, as JSON; undefined where that is not the same for all. */
  readonly text: string | undefined;
}

/** A room as one caller sees it. That they may see it at all was decided before. */
export async function roomView(parts: RoomViewParts, stored: StoredRoom, row?: MemberState): Promise<RoomView> {
  const { reader, actor } = parts;
  const member = row ?? (await findOwnMember(reader, actor, stored));
  const head = (await findHead(reader, stored))!;
  const readings = await ownReadings(parts, [{ at: stored, member, head }]);
  const former = await formerServers(parts, member === undefined ? [] : [stored]);
  const { roomNo } = stored;
  return viewOf(parts, stored, { member, head, reading: readings.get(roomNo), formerServers: former.get(roomNo) });
}

/** Several rooms, as one caller sees them: a JSON array. */
export async function roomsText(parts: RoomViewParts, rooms: readonly ListedRoom[]): Promise<string> {
  const { reader, actor } = parts;
  const who = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
  const members = await findOwnMembers(
    reader,
    who,
    rooms.map(({ stored }) => stored),
  );
  const found = rooms.map((room) => ({ ...room, at: room.stored, member: members.get(room.stored.roomNo) }));
  const readings = await ownReadings(parts, found);
  const former = await formerServers(
    parts,
    found.filter(({ member }) => member !== undefined).map(({ at }) => at),
  );
  const texts: string[] = [];
  for (const { at, member, head, text } of found) {
    const { roomNo } = at;
    const atHand = { member, head, reading: readings.get(roomNo), formerServers: former.get(roomNo) };
    if (text === undefined) texts.push(JSON.stringify(await viewOf(parts, at, atHand)));
    else if (member === undefined) texts.push(text);
    else texts.push(`${text.slice(0, -1)},${JSON.stringify(await ownView(parts, at, atHand)).slice(1)}`);
  }
  return `[${texts.join(",")}]`;
}

/** What all people of the tenant see of a room alike, as JSON; undefined where there is no such thing. */
export async function openText(parts: KnownPeople, stored: StoredRoom, head: Head): Promise<string | undefined> {
  if (!isOpenToAll(stored.room)) return undefined;
  const view = { ...nameView(stored), ...(await placeView(parts, stored, head)) };
  // Who is not known here may be known later on.
  return view.creator_id === null ? undefined : JSON.stringify(view);
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

/** Whether rooms that are shared no more may be shared again is asked for who might do so alone. */
function formerServers(
  { reader, actor }: RoomViewParts,
  rooms: readonly StoredRoom[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const { tenant } = actor;
  const asked = rooms.filter(({ hub, room }) => actor.isAdmin && hub === tenant.serverName && !room.federated);
  return listFormerServers(
    reader,
    tenant.tenantNo,
    asked.map(({ roomNo }) => roomNo),
  );
}

async function viewOf(parts: RoomViewParts, stored: StoredRoom, atHand: AtHand): Promise<RoomView> {
  const isInvited = asOf(atHand.member, parts.now)?.membership === "invite";
  const view: RoomView = nameView(stored);
  // What everybody of the tenant sees, an invite hides from nobody; the rest an invitee does not see (MB4).
  if (!isInvited || isOpenToAll(stored.room)) Object.assign(view, await placeView(parts, stored, atHand.head));
  if (stored.dmLow !== null) Object.assign(view, await dmView(parts, stored));
  return Object.assign(view, await ownView(parts, stored, atHand));
}

function nameView({ roomId, alias, room }: StoredRoom) {
  return {
    id: roomId,
    room_alias: alias,
    room_type: room.roomType,
    scope_kind: room.scopeKind,
    name: room.name,
    topic: room.topic,
    is_public: room.isPublic,
    state: room.state,
    members_count: room.joinedCount,
  };
}

async function placeView(parts: KnownPeople, stored: StoredRoom, head: Head) {
  const { room } = stored;
  return {
    workspace_id: room.workspaceId,
    creator_id: await participantIdOf(parts, stored, room.creator),
    federated: room.federated,
    hub: stored.hub,
    head: head.position,
    created_at: wireTime(room.createdAt),
    archived_at: wireTimeOrNull(room.archivedAt),
    closed_at: wireTimeOrNull(room.closedAt),
  };
}

/** What only the caller sees; nothing where they have no row. */
async function ownView(
  parts: RoomViewParts,
  stored: StoredRoom,
  atHand: AtHand,
): Promise<Pick<RoomView, "invited_by" | "me">> {
  const member = asOf(atHand.member, parts.now);
  if (member === undefined) return {};
  const me = await meView(parts, stored, member, atHand);
  if (member.membership !== "invite") return { me };
  return { invited_by: await participantIdOf(parts, stored, member.invitedBy), me };
}

/** Null for nobody, and for somebody whom this server does not know. */
function participantIdOf(
  { reader, identities }: KnownPeople,
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
  { reading, formerServers = [] }: AtHand,
): Promise<NonNullable<RoomView["me"]>> {
  const { marker, lastReadEventId, counts } = reading!;
  const facts = { ...bareFacts(actor, now, stored, member), formerServers };
  return {
    membership: member.membership,
    power_level: member.powerLevel,
    ...settingsView(marker ?? NEVER_SET, now),
    last_read_event_id: lastReadEventId,
    unread_count: counts.unread,
    mention_count: counts.mentions,
    can: can({ ...facts, ...(await otherSide(reader, actor, stored)) }),
  };
}

/** Whether an archived DM can be restored hangs on its other side (DM4). */
async function otherSide(reader: Reader, actor: Actor, stored: StoredRoom): Promise<Pick<Facts, "target">> {
  if (stored.room.roomType !== "dm" || stored.room.state !== "archived") return {};
  const otherNo = stored.dmLow === actor.participantNo ? stored.dmHigh : stored.dmLow;
  const other = await findByNo(reader, stored.tenantNo, otherNo!);
  return { target: { person: personOf(other!), member: undefined } };
}
