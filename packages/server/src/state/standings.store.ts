import type { RoomId } from "@stairwell/protocol";
import type { Membership } from "@stairwell/protocol/room";
import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** What one member event made of one person. */
export interface Standing {
  readonly at: RoomRef;
  readonly position: number;
  readonly seq: number;
  readonly membership: Membership;
}

export function insertStanding(
  tx: Tx,
  ref: RoomRef,
  standing: { participantNo: number; position: number; seq: number; membership: Membership },
): Promise<number> {
  return tx.run(
    "INSERT INTO standings (tenant_no, participant_no, room_no, position, seq, membership) VALUES ($1, $2, $3, $4, $5, $6)",
    ref.tenantNo,
    standing.participantNo,
    ref.roomNo,
    standing.position,
    standing.seq,
    standing.membership,
  );
}

/** The rooms that one person ever had to do with, from above a number on, in the order of their numbers. */
export async function listRoomNosOf(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  after: number,
  limit: number,
): Promise<number[]> {
  const rows = await reader.all<{ room_no: number }>(
    `SELECT DISTINCT room_no FROM standings
     WHERE tenant_no = $1 AND participant_no = $2 AND room_no > $3 ORDER BY room_no LIMIT $4`,
    tenantNo,
    participantNo,
    after,
    limit,
  );
  return rows.map((row) => row.room_no);
}

/** Every change of one person's membership, room by room, oldest first. */
export async function listStandings(reader: Reader, tenantNo: number, participantNo: number): Promise<Standing[]> {
  const rows = await reader.all<{
    room_no: number;
    room_id: string;
    position: number;
    seq: number;
    membership: Membership;
  }>(
    `SELECT s.room_no, r.room_id, s.position, s.seq, s.membership
     FROM standings s JOIN rooms r ON r.tenant_no = s.tenant_no AND r.room_no = s.room_no
     WHERE s.tenant_no = $1 AND s.participant_no = $2 ORDER BY s.room_no, s.position`,
    tenantNo,
    participantNo,
  );
  return rows.map((row) => ({
    at: { tenantNo, roomNo: row.room_no, roomId: row.room_id as RoomId },
    position: row.position,
    seq: row.seq,
    membership: row.membership,
  }));
}

/** What a log made of people beyond a position is given up with it (FD17). */
export function rewindStandings(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  position: number,
): Promise<number> {
  return tx.run(
    "DELETE FROM standings WHERE tenant_no = $1 AND room_no = $2 AND position > $3",
    tenantNo,
    roomNo,
    position,
  );
}
