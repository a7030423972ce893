import { type Fqid, type JsonObject, parseJson } from "@stairwell/protocol";
import type { WireState } from "@stairwell/protocol/federation";
import { apply, type MemberState, type RoomState, subjectOf } from "@stairwell/protocol/room";
import type { Reader } from "../../db/index.ts";
import { findHead, listAfter } from "../../events/index.ts";
import { allMembers, type StoredRoom } from "../../state/index.ts";

/** The fold of a room of ours as it is handed to a server that joins: all of it, as of the end of the log. */
export async function stateOf(reader: Reader, stored: StoredRoom): Promise<WireState> {
  const members = (await allMembers(reader, stored)).map(({ member }) => member);
  return wireState(stored, (await findHead(reader, stored))!.position, stored.room, members);
}

/** Events folded at a time. */
const PAGE = 500;

/** As `stateOf`, as it was right after a position: folded anew from the log, whatever its length. */
export async function stateAt(reader: Reader, stored: StoredRoom, position: number): Promise<WireState> {
  let room: RoomState | undefined;
  const members = new Map<Fqid, MemberState>();
  for (let after = 0; after < position; after = Math.min(position, after + PAGE)) {
    for (const event of await listAfter(reader, stored, after, Math.min(PAGE, position - after))) {
      const content = event.content === null ? null : (parseJson(event.content) as JsonObject);
      const logged = { ...event, type: event.eventType, content };
      const subject = subjectOf(logged);
      const fold = apply(room, subject && members.get(subject), logged);
      room = fold.room;
      if (fold.member !== undefined) members.set(fold.member.fqid, fold.member);
    }
  }
  return wireState(stored, position, room!, [...members.values()]);
}

function wireState(
  { alias }: StoredRoom,
  position: number,
  room: RoomState,
  members: readonly MemberState[],
): WireState {
  return {
    position,
    room_alias: alias,
    room: sharedPart(room),
    members: members.map(withoutReason).sort((a, b) => (a.fqid < b.fqid ? -1 : 1)),
  };
}

function sharedPart(room: StoredRoom["room"]): WireState["room"] {
  const { roomType, name, topic, creator, state } = room;
  const { joinedCount, invitedCount, adminCount, createdAt, archivedAt, closedAt } = room;
  return {
    roomType,
    name,
    topic,
    creator,
    state,
    joinedCount,
    invitedCount,
    adminCount,
    createdAt,
    archivedAt,
    closedAt,
  };
}

function withoutReason(whole: MemberState): WireState["members"][number] {
  const { reason: _, ...member } = whole;
  return member;
}
