import type { RoomState } from "@stairwell/protocol/room";
import { listOf, numberMarks, type Put, type Reader, type Tx } from "../db/index.ts";
import { newestImportNo, type RoomRef } from "../events/index.ts";
import { ROOM_COLUMNS, type RoomRow, type StoredRoom, toRoom } from "./room-row.ts";
import type { RoomTexts } from "./room-texts.ts";

// Built once: a text that is put together at each call costs more to look up than the row does to read.
const ROOMS = `SELECT ${ROOM_COLUMNS} FROM rooms r WHERE r.tenant_no = $1 AND`;
const SQL = {
  byId: `${ROOMS} r.room_id = $2`,
  byNo: `${ROOMS} r.room_no = $2`,
  byAlias: `${ROOMS} r.alias = $2`,
  dm: `${ROOMS} r.dm_low = $2 AND r.dm_high = $3 AND r.dm_low IS NOT NULL AND r.state <> 'closed'`,
} as const;

export async function findRoom(reader: Reader, tenantNo: number, roomId: string): Promise<StoredRoom | undefined> {
  const row = await reader.get<RoomRow>(SQL.byId, tenantNo, roomId);
  return row && toRoom(row);
}

export async function findRoomByNo(reader: Reader, tenantNo: number, roomNo: number): Promise<StoredRoom | undefined> {
  const row = await reader.get<RoomRow>(SQL.byNo, tenantNo, roomNo);
  return row && toRoom(row);
}

/** Several rooms, in no order; numbers that no room has are left out. */
export async function findRoomsByNo(
  reader: Reader,
  tenantNo: number,
  roomNos: readonly number[],
): Promise<StoredRoom[]> {
  if (roomNos.length === 0) return [];
  const { marks, values } = listOf(roomNos, 2);
  const rows = await reader.all<RoomRow>(`${ROOMS} r.room_no IN (${marks.join(",")})`, tenantNo, ...values);
  return rows.map(toRoom);
}

export async function findRoomByAlias(
  reader: Reader,
  tenantNo: number,
  alias: string,
): Promise<StoredRoom | undefined> {
  const row = await reader.get<RoomRow>(SQL.byAlias, tenantNo, alias);
  return row && toRoom(row);
}

/** The pair's direct room that is not closed, if there is one (DM1). */
export async function findDm(
  reader: Reader,
  tenantNo: number,
  one: number,
  other: number,
): Promise<StoredRoom | undefined> {
  const row = await reader.get<RoomRow>(SQL.dm, tenantNo, Math.min(one, other), Math.max(one, other));
  return row && toRoom(row);
}

/** Open rooms that count for `max_rooms`: neither DMs nor replicas. */
export async function countOpenRooms(reader: Reader, tenantNo: number, serverName: string): Promise<number> {
  const row = await reader.get<{ n: number }>(
    "SELECT count(*) AS n FROM rooms WHERE tenant_no = $1 AND state = 'open' AND room_type <> 'dm' AND hub = $2",
    tenantNo,
    serverName,
  );
  return row!.n;
}

/** Rooms of a workspace that are not closed; with a viewer, only those that they see in it: not where they are invited (MB4). */
export async function countRoomsIn(
  reader: Reader,
  tenantNo: number,
  workspaceId: string,
  viewerNo?: number,
): Promise<number> {
  const visible =
    viewerNo === undefined
      ? ""
      : `AND ((r.is_public = 1 AND r.state = 'open') OR EXISTS (
           SELECT 1 FROM members m WHERE m.tenant_no = r.tenant_no AND m.room_no = r.room_no
             AND m.participant_no = $3 AND m.membership = 'join'))`;
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM rooms r
     WHERE r.tenant_no = $1 AND r.workspace_id = $2 AND r.state <> 'closed' ${visible}`,
    tenantNo,
    workspaceId,
    ...(viewerNo === undefined ? [] : [viewerNo]),
  );
  return row!.n;
}

export async function nextRoomNo(tx: Tx, tenantNo: number): Promise<number> {
  const row = await tx.get<{ no: number | null }>(
    "SELECT max(room_no) AS no FROM rooms WHERE tenant_no = $1",
    tenantNo,
  );
  return Math.max(row?.no ?? 0, await newestImportNo(tx, tenantNo)) + 1;
}

/** Writes the fold of a room's log; the row exists. */
export function updateRoom(tx: Tx, ref: RoomRef, room: RoomState, texts: RoomTexts, activeAt: number): Promise<number> {
  return tx.run(
    `UPDATE rooms SET name = $3, topic = $4, is_public = $5, workspace_id = $6, state = $7, federated = $8,
       joined_count = $9, invited_count = $10, admin_count = $11, archived_at = $12, closed_at = $13, active_at = $14,
       sort_name = $15, search_text = coalesce($16 || ' ' || coalesce(lower(alias), ''), '')
     WHERE tenant_no = $1 AND room_no = $2`,
    ref.tenantNo,
    ref.roomNo,
    texts.name,
    texts.topic,
    room.isPublic ? 1 : 0,
    room.workspaceId,
    room.state,
    room.federated ? 1 : 0,
    room.joinedCount,
    room.invitedCount,
    room.adminCount,
    room.archivedAt,
    room.closedAt,
    activeAt,
    texts.sortName,
    texts.searchText,
  );
}

/** How a room of another server that is shared no more stands here, whatever its log says. */
export function setLifeHere(
  tx: Tx,
  ref: Pick<RoomRef, "tenantNo" | "roomNo">,
  state: RoomState["state"],
  archivedAt: number | null,
): Promise<number> {
  return tx.run(
    "UPDATE rooms SET state = $3, archived_at = $4 WHERE tenant_no = $1 AND room_no = $2",
    ref.tenantNo,
    ref.roomNo,
    state,
    archivedAt,
  );
}

/** A room of another server is shared no more, whatever its log says. */
export function endSharingHere(tx: Tx, ref: Pick<RoomRef, "tenantNo" | "roomNo">): Promise<number> {
  return tx.run("UPDATE rooms SET federated = 0 WHERE tenant_no = $1 AND room_no = $2", ref.tenantNo, ref.roomNo);
}

/** Writes only the counters: a join must not touch the indexes of what it does not change. */
export function updateCounts(tx: Tx, ref: RoomRef, room: RoomState): Promise<number> {
  return tx.run(
    "UPDATE rooms SET joined_count = $3, invited_count = $4, admin_count = $5 WHERE tenant_no = $1 AND room_no = $2",
    ref.tenantNo,
    ref.roomNo,
    room.joinedCount,
    room.invitedCount,
    room.adminCount,
  );
}

const ACTIVITY: Put = {
  sql: "UPDATE rooms SET active_at = $3 WHERE tenant_no = $1 AND room_no = $2",
  many: (rows) =>
    `UPDATE rooms r SET active_at = n.active_at FROM (VALUES ${numberMarks(rows, 3)}) AS n (tenant_no, room_no, active_at)
     WHERE r.tenant_no = n.tenant_no AND r.room_no = n.room_no`,
  about: (values) => values.slice(0, 2).join(" "),
};

/** Moves only the minute of the last event. */
export function updateActivity(tx: Tx, ref: RoomRef, activeAt: number): void {
  tx.put(ACTIVITY, ref.tenantNo, ref.roomNo, activeAt);
}

export function insertRoom(tx: Tx, stored: StoredRoom, texts: RoomTexts): Promise<number> {
  const { room, alias } = stored;
  return tx.run(
    `INSERT INTO rooms (tenant_no, room_no, room_id, alias, room_type, scope_kind, name, topic, is_public, close_on_leave,
       workspace_id, creator, state, federated, hub, joined_count, invited_count, admin_count, created_at, active_at,
       dm_low, dm_high, sort_name, search_text)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
    stored.tenantNo,
    stored.roomNo,
    stored.roomId,
    alias,
    room.roomType,
    room.scopeKind,
    texts.name,
    texts.topic,
    room.isPublic ? 1 : 0,
    room.closeOnLeave ? 1 : 0,
    room.workspaceId,
    room.creator,
    room.state,
    room.federated ? 1 : 0,
    stored.hub,
    room.joinedCount,
    room.invitedCount,
    room.adminCount,
    room.createdAt,
    stored.activeAt,
    stored.dmLow,
    stored.dmHigh,
    texts.sortName,
    texts.searchText === null ? "" : `${texts.searchText} ${alias?.toLowerCase() ?? ""}`,
  );
}

/** The pair of a direct room has another by now: this one is theirs no more, and stays to be read. */
export function partPair(tx: Tx, ref: Pick<RoomRef, "tenantNo" | "roomNo">): Promise<number> {
  return tx.run(
    "UPDATE rooms SET dm_low = NULL, dm_high = NULL WHERE tenant_no = $1 AND room_no = $2",
    ref.tenantNo,
    ref.roomNo,
  );
}

/** Takes a room's row away, where another comes in its place; its log and its people's rows stay. */
export function deleteRoom(tx: Tx, ref: Pick<RoomRef, "tenantNo" | "roomNo">): Promise<number> {
  return tx.run("DELETE FROM rooms WHERE tenant_no = $1 AND room_no = $2", ref.tenantNo, ref.roomNo);
}
