import type { RoomLife } from "@stairwell/protocol/room";
import type { Reader, Value } from "../db/index.ts";
import { notLeaving } from "../state/index.ts";

export type Sort = "activity" | "name" | "members";

export interface RoomsQuery {
  state: RoomLife;
  sort: Sort;
  /** Case-folded text that name, topic or alias must contain. */
  q: string | undefined;
  roomType: string | undefined;
  workspaceId: string | undefined;
  /** `none`: public rooms the caller is neither in nor invited to. */
  membership: "join" | "invite" | "none" | undefined;
}

/** Where a room stands in the list. */
export interface Key {
  sortKey: string | number;
  roomNo: number;
}

/** How each sort orders: busiest, largest, or first in the alphabet first; ties by number. */
const SORTS = {
  activity: { column: "r.active_at", direction: "DESC", beyond: "<" },
  name: { column: "r.sort_name", direction: "ASC", beyond: ">" },
  members: { column: "r.joined_count", direction: "DESC", beyond: "<" },
} as const;

/** Which rooms a part of the directory has. */
export type Part = "own" | "own and unlisted" | "public" | "public of others";

/** Rows of `rooms` that the caller is in or invited to. */
const OWN =
  "FROM members m JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no " +
  `WHERE m.tenant_no = $1 AND m.participant_no = $2 AND ${notLeaving("$1", "$2", "m.room_no")}`;
const PUBLIC = "FROM rooms r WHERE r.tenant_no = $1 AND r.is_public = 1 AND r.state = 'open'";
const NOT_OWN =
  "AND NOT EXISTS (SELECT 1 FROM members m WHERE m.tenant_no = r.tenant_no AND m.room_no = r.room_no " +
  "AND m.participant_no = $2 AND m.membership IN ('join', 'invite'))";

/**
 * A part of the directory (VS2), in the asked order. It is walked by an index or by the caller's own rows, never by all
 * rooms.
 */
export async function listPart(
  reader: Reader,
  part: Part,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  query: RoomsQuery,
  after: Key | undefined,
  limit: number,
): Promise<Key[]> {
  const { column, direction, beyond } = SORTS[query.sort];
  const values = keysOf(part, tenantNo, participantNo);
  const where = conditions(part, query, values);
  const from =
    after === undefined
      ? ""
      : `AND (${column}, r.room_no) ${beyond} ($${values.push(after.sortKey)}, $${values.push(after.roomNo)})`;
  const rows = await reader.all<{ room_no: number; sort_key: string | number }>(
    `SELECT r.room_no, ${column} AS sort_key ${where} ${from}
     ORDER BY ${column} ${direction}, r.room_no ${direction} LIMIT $${values.push(limit)}`,
    ...values,
  );
  return rows.map((row) => ({ roomNo: row.room_no, sortKey: row.sort_key }));
}

/** How many rooms a part has, counted to one above `most`. */
export async function countPart(
  reader: Reader,
  part: Part,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  query: RoomsQuery,
  most: number,
): Promise<number> {
  const values = keysOf(part, tenantNo, participantNo);
  const where = conditions(part, query, values);
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 ${where} LIMIT $${values.push(most + 1)}) AS found`,
    ...values,
  );
  return row!.n;
}

/** The first values of a statement: whose rows, where the part asks for that. */
function keysOf(part: Part, tenantNo: number, participantNo: number): Value[] {
  return part === "public" ? [tenantNo] : [tenantNo, participantNo];
}

function conditions(part: Part, query: RoomsQuery, values: Value[]): string {
  const texts = [part.startsWith("own") ? `${OWN} ${ownConditions(query, values)}` : PUBLIC];
  if (part === "own and unlisted") texts.push("AND r.is_public = 0");
  if (part === "public of others") texts.push(NOT_OWN);
  if (query.q !== undefined) texts.push(`AND instr(r.search_text, $${values.push(query.q)}) > 0`);
  if (query.roomType !== undefined) texts.push(`AND r.room_type = $${values.push(query.roomType)}`);
  if (query.workspaceId !== undefined) {
    texts.push(`AND r.workspace_id = $${values.push(query.workspaceId)}`);
    // An invitee is not told where a room is (MB4), by a filter neither.
    if (part.startsWith("own")) texts.push("AND (m.membership = 'join' OR r.is_public = 1 AND r.state = 'open')");
  }
  return texts.join(" ");
}

/** Open rooms one is in or invited to; of archived and closed ones only those one is in (VS2). */
function ownConditions({ state, membership }: RoomsQuery, values: Value[]): string {
  const memberships = state === "open" ? ["join", "invite"] : ["join"];
  const wanted = memberships.filter((m) => membership === undefined || m === membership);
  const list = wanted.map((m) => `'${m}'`).join(", ");
  return `AND m.membership IN (${list === "" ? "NULL" : list}) AND r.state = $${values.push(state)}`;
}
