import type { Fqid, ParticipantId } from "@stairwell/protocol";
import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { FROM } from "./member-row.ts";

/**
 * Local humans first, then local bots and agents, then foreign members (MB15). Whoever was deactivated is about to
 * leave and inherits only where there is nobody else, so that the room has an admin until then.
 */
const HEIR_RANK = `CASE WHEN p.deactivated_at IS NOT NULL THEN 3
  ELSE CASE p.participant_type WHEN 'human' THEN 0 WHEN 'federated' THEN 2 ELSE 1 END END`;

const HEIRS = `SELECT p.fqid, p.participant_id ${FROM}
  WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.membership = 'join' AND m.participant_no <> $3 AND ${HEIR_RANK} = $4`;

interface Heir {
  fqid: Fqid;
  participant_id: ParticipantId;
}

/**
 * Who may inherit from the last admin, the first `most` of them (MB15): in each kind the highest power, then the earliest
 * join. Members with power are few and have an index of their own; the others are taken in the order of joining, so
 * that a large room is not sorted.
 */
export function listHeirs(reader: Reader, ref: RoomRef, without: number, most: number): Promise<Heir[]> {
  return listRanked(reader, ref, without, [0, 1, 2, 3], most);
}

/** Who could be made an admin in somebody's stead (PL3): as `listHeirs`, and nobody who is about to leave. */
export function listCandidates(reader: Reader, ref: RoomRef, without: number, most: number): Promise<Heir[]> {
  return listRanked(reader, ref, without, [0, 1, 2], most);
}

async function listRanked(
  reader: Reader,
  ref: RoomRef,
  without: number,
  ranks: readonly number[],
  most: number,
): Promise<Heir[]> {
  const heirs: Heir[] = [];
  for (const rank of ranks) {
    for (const order of ["> 0 ORDER BY m.power_level DESC, m.joined_position", "= 0 ORDER BY m.listed_position"]) {
      if (heirs.length === most) return heirs;
      const keys = [ref.tenantNo, ref.roomNo, without, rank, most - heirs.length] as const;
      heirs.push(...(await reader.all<Heir>(`${HEIRS} AND m.power_level ${order} LIMIT $5`, ...keys)));
    }
  }
  return heirs;
}
