import type { admin, DataOf } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import { findHead } from "../events/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";
import type { StoredRoom } from "../state/index.ts";

export type ManagedRoom = DataOf<typeof admin.getManagedRoom>;

/** A room as the tenant's admins see it; of DMs and incognito rooms nothing that tells what they are about, or whose. */
export async function managedRoomView(
  reader: Reader,
  identities: Identities,
  stored: StoredRoom,
): Promise<ManagedRoom> {
  const { room } = stored;
  const head = await findHead(reader, stored);
  const counts = {
    id: stored.roomId,
    room_type: room.roomType,
    scope_kind: room.scopeKind,
    state: room.state,
    members_count: room.joinedCount,
    invites_count: room.invitedCount,
    head: head!.position,
    created_at: wireTime(room.createdAt),
    active_at: wireTime(stored.activeAt),
    archived_at: wireTimeOrNull(room.archivedAt),
    closed_at: wireTimeOrNull(room.closedAt),
  };
  if (room.roomType === "dm" || room.scopeKind === "incognito") return counts;
  const creator = await identities.byFqid(reader, stored.tenantNo, room.creator);
  return {
    ...counts,
    room_alias: stored.alias,
    name: room.name,
    topic: room.topic,
    is_public: room.isPublic,
    workspace_id: room.workspaceId,
    creator_id: creator?.participantId ?? null,
    federated: room.federated,
    hub: stored.hub,
  };
}
