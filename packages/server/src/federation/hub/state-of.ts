import type { WireState } from "@stairwell/protocol/federation";
import type { MemberState } from "@stairwell/protocol/room";
import type { Reader } from "../../db/index.ts";
import { findHead } from "../../events/index.ts";
import { allMembers, type StoredRoom } from "../../state/index.ts";

/** The fold of a room of ours as it is handed to a server that joins: all of it, as of the end of the log. */
export async function stateOf(reader: Reader, stored: StoredRoom): Promise<WireState> {
  const members = (await allMembers(reader, stored)).map(({ member }) => withoutReason(member));
  return {
    position: (await findHead(reader, stored))!.position,
    room_alias: stored.alias,
    room: sharedPart(stored.room),
    members: members.sort((a, b) => (a.fqid < b.fqid ? -1 : 1)),
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
