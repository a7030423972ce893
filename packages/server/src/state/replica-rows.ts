import type { WireRoom, WireState } from "@stairwell/protocol/federation";
import type { MemberState, RoomState } from "@stairwell/protocol/room";

/** A room of another server as its invite shows it: what it does not say is nothing yet. */
export function invitedRoom(room: WireRoom): RoomState {
  return {
    ...HERE,
    roomType: room.room_type,
    name: room.name,
    topic: room.topic,
    creator: room.creator,
    state: "open",
    joinedCount: room.members_count,
    invitedCount: 0,
    adminCount: 0,
    createdAt: room.created_at,
    archivedAt: null,
    closedAt: null,
  };
}

/** The room of a state that its hub handed over. */
export function handedRoom({ room }: WireState): RoomState {
  return { ...HERE, ...room };
}

export function handedMembers({ members }: WireState): MemberState[] {
  return members.map((member) => ({ ...member, reason: null }));
}

/** How a replica stands here, whatever it is at its hub (FD22). */
const HERE = { scopeKind: null, isPublic: false, closeOnLeave: false, workspaceId: null, federated: true } as const;
