import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** `@room` in the place of a participant. */
export const EVERYBODY = 0;

/** One mention of one message. */
export interface Mention {
  /** Whom it mentions; `EVERYBODY` for `@room`. */
  readonly participantNo: number;
  /** Position of the event that brought it: the message itself, or an edit of it. */
  readonly madePosition: number;
}

export function insertMention(
  tx: Tx,
  ref: RoomRef,
  message: { position: number; seq: number },
  { participantNo, madePosition }: Mention,
): Promise<number> {
  return tx.run(
    `INSERT INTO mentions (tenant_no, participant_no, room_no, position, seq, made_position)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    message.position,
    message.seq,
    madePosition,
  );
}

export function deleteMention(tx: Tx, ref: RoomRef, position: number, participantNo: number): Promise<number> {
  return tx.run(
    "DELETE FROM mentions WHERE tenant_no = $1 AND participant_no = $2 AND room_no = $3 AND position = $4",
    ref.tenantNo,
    participantNo,
    ref.roomNo,
    position,
  );
}

/** Of a message that was redacted: it mentions nobody any more (DEL4). */
export function deleteMentions(tx: Tx, ref: RoomRef, position: number): Promise<number> {
  return tx.run(
    "DELETE FROM mentions WHERE tenant_no = $1 AND room_no = $2 AND position = $3",
    ref.tenantNo,
    ref.roomNo,
    position,
  );
}

/** Whom the message at a position mentions. */
export async function listMentions(reader: Reader, ref: RoomRef, position: number): Promise<Mention[]> {
  const rows = await reader.all<{ participant_no: number; made_position: number }>(
    `SELECT participant_no, made_position FROM mentions
     WHERE tenant_no = $1 AND room_no = $2 AND position = $3 ORDER BY participant_no`,
    ref.tenantNo,
    ref.roomNo,
    position,
  );
  return rows.map((row) => ({ participantNo: row.participant_no, madePosition: row.made_position }));
}
