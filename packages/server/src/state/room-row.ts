import type { Fqid, RoomId } from "@stairwell/protocol";
import type { RoomLife, RoomState, RoomType } from "@stairwell/protocol/room";
import { keyOf, type RoomKey, type RoomRef } from "../events/index.ts";
import { textFrom } from "./room-texts.ts";

/** A room's row: the fold of its log, and what the store adds to find and sort it. */
export interface StoredRoom extends RoomRef {
  readonly alias: string | null;
  readonly hub: string;
  /** The minute of the last event, Unix milliseconds. */
  readonly activeAt: number;
  readonly dmLow: number | null;
  readonly dmHigh: number | null;
  readonly room: RoomState;
}

/** A closed incognito room has no content any more, at once and for everybody (DEL1): nothing is left to read in it. */
export function isForgotten({ room }: StoredRoom): boolean {
  return room.scopeKind === "incognito" && room.state === "closed";
}

export interface RoomRow {
  tenant_no: number;
  room_no: number;
  room_id: string;
  alias: string | null;
  room_type: string;
  scope_kind: string | null;
  name: string | null;
  topic: string | null;
  is_public: number;
  close_on_leave: number;
  workspace_id: string | null;
  creator: string;
  state: string;
  federated: number;
  hub: string;
  joined_count: number;
  invited_count: number;
  admin_count: number;
  created_at: number;
  archived_at: number | null;
  closed_at: number | null;
  active_at: number;
  dm_low: number | null;
  dm_high: number | null;
  key: RoomKey;
}

export const ROOM_COLUMNS = [
  "tenant_no room_no room_id alias room_type scope_kind name topic is_public close_on_leave workspace_id creator",
  "state federated hub joined_count invited_count admin_count created_at archived_at closed_at active_at dm_low dm_high",
]
  .join(" ")
  .split(" ")
  .map((column) => `r.${column}`)
  .concat(`CASE WHEN r.scope_kind IS NOT NULL THEN ${keyOf("r.tenant_no", "r.room_no")} END AS key`)
  .join(", ");

export function toRoom(row: RoomRow): StoredRoom {
  const ref = { tenantNo: row.tenant_no, roomNo: row.room_no };
  const name = textFrom(ref, row.key, "name", row.name);
  const topic = textFrom(ref, row.key, "topic", row.topic);
  row.key?.fill(0);
  return {
    ...ref,
    roomId: row.room_id as RoomId,
    alias: row.alias,
    hub: row.hub,
    activeAt: row.active_at,
    dmLow: row.dm_low,
    dmHigh: row.dm_high,
    room: {
      roomType: row.room_type as RoomType,
      scopeKind: row.scope_kind as "incognito" | null,
      name,
      topic,
      isPublic: row.is_public === 1,
      closeOnLeave: row.close_on_leave === 1,
      creator: row.creator as Fqid,
      workspaceId: row.workspace_id,
      state: row.state as RoomLife,
      federated: row.federated === 1,
      joinedCount: row.joined_count,
      invitedCount: row.invited_count,
      adminCount: row.admin_count,
      createdAt: row.created_at,
      archivedAt: row.archived_at,
      closedAt: row.closed_at,
    },
  };
}
