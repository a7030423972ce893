import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "./event.ts";

/** Cursors from the first sequence on, and below the last, lead nowhere. */
export interface Cut {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

const EVERYBODY = 0;
const ALL_ROOMS = 0;

const INSERT = "INSERT INTO cuts (tenant_no, participant_no, room_no, first_seq, last_seq)";
const ANEW = `ON CONFLICT (tenant_no, participant_no, room_no) DO UPDATE SET last_seq = excluded.last_seq,
  first_seq = CASE WHEN excluded.first_seq < cuts.first_seq THEN excluded.first_seq ELSE cuts.first_seq END`;

/** What people were told of a room is not so any more: whoever comes back with a cursor of then reloads (ST3). */
export async function insertCuts(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  people: Iterable<number>,
  { firstSeq, lastSeq }: Cut,
): Promise<void> {
  for (const participantNo of people) {
    await tx.run(`${INSERT} VALUES ($1, $2, $3, $4, $5) ${ANEW}`, tenantNo, participantNo, roomNo, firstSeq, lastSeq);
  }
}

/**
 * The store is an older copy of itself. What is appended from now on has sequences above all that can have been given since
 * that copy: whoever saw more than it has comes back with a cursor that leads nowhere, and reloads (ST3), also where an event
 * that is taken back would have stood at its former place.
 */
export function skipSequences(tx: Tx): Promise<number> {
  // No store gives a thousand in a millisecond, so a later copy that is put back later goes on above this.
  return tx.run(
    `${INSERT} SELECT t.tenant_no, ${EVERYBODY}, ${ALL_ROOMS},
       (SELECT coalesce(max(e.seq), 0) + 1 FROM events e WHERE e.tenant_no = t.tenant_no), $1
     FROM tenants t WHERE true ${ANEW}`,
    tx.now * 1000,
  );
}

/** Whether a cursor of somebody's was cut off. */
export async function isCutOff(reader: Reader, tenantNo: number, participantNo: number, seq: number): Promise<boolean> {
  const row = await reader.get(
    `SELECT 1 FROM cuts WHERE tenant_no = $1 AND participant_no IN (${EVERYBODY}, $2) AND last_seq > $3 AND first_seq <= $3
     LIMIT 1`,
    tenantNo,
    participantNo,
    seq,
  );
  return row !== undefined;
}
