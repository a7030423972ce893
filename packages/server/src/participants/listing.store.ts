import type { ParticipantType } from "../auth/index.ts";
import type { Reader, Value } from "../db/index.ts";
import { LIMITS } from "@stairwell/protocol";
import { searchFold } from "../lib/slug.ts";
import type { Participant } from "./participant.ts";
import { PARTICIPANT, type ParticipantRow, toParticipant } from "./participants.store.ts";

/**
 * Whom a listing asks for; without a type, everybody of this server, and for a viewer whom they can see of others; without a
 * status, who is not deactivated.
 */
export interface DirectoryFilter {
  /** Who looks: they see of people of other servers those with whom they are in a room. Without, all are seen. */
  viewerNo?: number | undefined;
  /** Part of the local id or the display name; case and Latin accents make no difference. */
  q?: string | undefined;
  type?: ParticipantType | undefined;
  status?: "active" | "deactivated" | "any" | undefined;
}

/** The place of a participant in the listing's order. */
export type DirectoryPlace = readonly [displayName: string, participantNo: number];

/** Participants by display name, from after a place on. */
export async function listDirectory(
  reader: Reader,
  tenantNo: number,
  filter: DirectoryFilter,
  after: DirectoryPlace | undefined,
  limit: number,
): Promise<Participant[]> {
  const values: Value[] = [tenantNo, limit];
  const where = conditions(filter, values);
  if (after !== undefined) {
    values.push(...after);
    where.push(`(display_name, participant_no) > ($${values.length - 1}, $${values.length})`);
  }
  const rows = await reader.all<ParticipantRow>(
    `${PARTICIPANT} WHERE ${where.join(" AND ")} ORDER BY display_name, participant_no LIMIT $2`,
    ...values,
  );
  return rows.map(toParticipant);
}

/** How many there are; stops at one more than `total` tells exactly (AP7). */
export async function countDirectory(reader: Reader, tenantNo: number, filter: DirectoryFilter): Promise<number> {
  const values: Value[] = [tenantNo, LIMITS.exactTotal + 1];
  const where = conditions(filter, values);
  const row = await reader.get<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT 1 FROM participants WHERE ${where.join(" AND ")} LIMIT $2) AS found`,
    ...values,
  );
  return row?.count ?? 0;
}

const LOCAL = "participant_type <> 'federated'";

/** Who is in a room, or invited to it, where the one whose number stands at a place among the values is joined. */
function sharesRoom(viewer: number): string {
  return `EXISTS (SELECT 1 FROM members t JOIN members o ON o.tenant_no = t.tenant_no AND o.room_no = t.room_no
      AND o.participant_no = $${viewer} AND o.membership = 'join'
    WHERE t.tenant_no = participants.tenant_no AND t.participant_no = participants.participant_no
      AND t.membership IN ('join', 'invite'))`;
}

/** The conditions of a filter, whose values are appended to `values`. */
function conditions(filter: DirectoryFilter, values: Value[]): string[] {
  const { status = "active" } = filter;
  const where = ["tenant_no = $1"];
  if (status !== "any") where.push(`deactivated_at IS ${status === "active" ? "NULL" : "NOT NULL"}`);
  if (filter.type !== undefined) where.push(`participant_type = $${values.push(filter.type)}`);
  // A value that no condition has is refused by PostgreSQL, which cannot tell its type.
  if (filter.viewerNo !== undefined && (filter.type === undefined || filter.type === "federated")) {
    const shares = sharesRoom(values.push(filter.viewerNo));
    where.push(filter.type === undefined ? `(${LOCAL} OR ${shares})` : shares);
  } else if (filter.type === undefined) where.push(LOCAL);
  if (filter.q !== undefined) {
    const pattern = `%${searchFold(filter.q).replace(/[\\%_]/g, "\\$&")}%`;
    where.push(`search_text LIKE $${values.push(pattern)} ESCAPE '\\'`);
  }
  return where;
}
