import type { Membership } from "@stairwell/protocol/room";
import type { Reader, Value } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { COLUMNS, FROM, type ListedMember, type ListedRow, SEEN, toListed } from "./member-row.ts";
import { reasonOf } from "./members.store.ts";

export interface MembersPage {
  membership: Membership;
  /** Unix milliseconds: what a ban is at this time. */
  now: number;
  /** Case-folded text that the name or local id must contain. */
  q?: string | undefined;
  /** `listedPosition` of the last row of the page before. */
  after?: number | undefined;
  limit: number;
}

/** Members in the order of their join position; the invited, gone and banned in the order in which they became it. */
export async function listMembers(reader: Reader, ref: RoomRef, page: MembersPage): Promise<ListedMember[]> {
  const values: Value[] = [ref.tenantNo, ref.roomNo, page.limit];
  const after = page.after;
  const are = whoAre(page, values);
  const beyond = after === undefined ? "" : `AND m.listed_position > $${values.push(after)}`;
  const like = page.q === undefined ? "" : `AND instr(p.search_text, $${values.push(page.q)}) > 0`;
  const rows = await reader.all<ListedRow>(
    `SELECT ${COLUMNS}, ${SEEN} ${FROM}
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND ${are} ${beyond} ${like}
     ORDER BY m.listed_position LIMIT $3`,
    ...values,
  );
  return Promise.all(rows.map(async (row) => toListed(row, await reasonOf(reader, ref, row))));
}

/** How many rows a list would have, counted to one above `most`. */
export async function countMembers(
  reader: Reader,
  ref: RoomRef,
  page: Pick<MembersPage, "membership" | "now" | "q">,
  most: number,
): Promise<number> {
  const values: Value[] = [ref.tenantNo, ref.roomNo, most + 1];
  const are = whoAre(page, values);
  const like = page.q === undefined ? "" : `AND instr(p.search_text, $${values.push(page.q)}) > 0`;
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 ${FROM} WHERE m.tenant_no = $1 AND m.room_no = $2 AND ${are} ${like} LIMIT $3) AS found`,
    ...values,
  );
  return row!.n;
}

/** Whose membership it is at that time: somebody whose ban is over has left, with no sweep (MB13). */
function whoAre({ membership, now }: Pick<MembersPage, "membership" | "now">, values: Value[]): string {
  switch (membership) {
    case "leave":
      return `(m.membership = 'leave' OR m.membership = 'ban' AND m.ban_expires_at <= $${values.push(now)})`;
    case "ban":
      return `m.membership = 'ban' AND (m.ban_expires_at IS NULL OR m.ban_expires_at > $${values.push(now)})`;
    default:
      return `m.membership = $${values.push(membership)}`;
  }
}
