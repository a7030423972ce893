import { listed, type Reader, type Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** One emoji on one event, and how often. */
export interface CountedReaction {
  readonly target: number;
  /** Position of the earliest that stands. */
  readonly first: number;
  readonly count: number;
  /** The viewer's own is among them. */
  readonly isMine: boolean;
}

interface CountedRow {
  target: number;
  first: number;
  count: number;
  mine: number;
}

/** One person's reaction to one event. */
export interface ReactionKey {
  readonly target: number;
  /** The emoji, as `markOf` names it. */
  readonly mark: string;
  readonly participantNo: number;
}

const KEY = "tenant_no = $1 AND room_no = $2 AND target_position = $3 AND mark = $4";
const STANDING = `${KEY} AND participant_no = $5 AND removed_position IS NULL`;

const COUNTED = listed<CountedRow>(
  4,
  (targets) => `SELECT c.target_position AS target, c.first_position AS first, c.standing AS count,
     EXISTS (SELECT 1 FROM reactions r WHERE r.tenant_no = $1 AND r.room_no = $2
       AND r.target_position = c.target_position AND r.mark = c.mark AND r.participant_no = $3
       AND r.removed_position IS NULL) AS mine
   FROM reaction_counts c
   WHERE c.tenant_no = $1 AND c.room_no = $2 AND c.target_position IN ${targets}
   ORDER BY c.target_position, c.first_position`,
);
const COUNTED_AT = listed<CountedRow>(
  5,
  (targets) => `SELECT r.target_position AS target, min(r.added_position) AS first, count(*) AS count,
     max(CASE WHEN r.participant_no = $3 THEN 1 ELSE 0 END) AS mine
   FROM reactions r
   WHERE r.tenant_no = $1 AND r.room_no = $2 AND r.target_position IN ${targets}
     AND r.added_position <= $4 AND (r.removed_position IS NULL OR r.removed_position > $4)
   GROUP BY r.target_position, r.mark ORDER BY r.target_position, min(r.added_position)`,
);

function keyOf(ref: RoomRef, { target, mark }: ReactionKey) {
  return [ref.tenantNo, ref.roomNo, target, mark] as const;
}

/** A reaction that does not stand yet stands from `position` on. */
export async function addReaction(tx: Tx, ref: RoomRef, reaction: ReactionKey, position: number): Promise<void> {
  await tx.run(
    `INSERT INTO reactions (tenant_no, room_no, target_position, mark, added_position, participant_no)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    ...keyOf(ref, reaction),
    position,
    reaction.participantNo,
  );
  await tx.run(
    `INSERT INTO reaction_counts (tenant_no, room_no, target_position, mark, standing, first_position)
     VALUES ($1, $2, $3, $4, 1, $5)
     ON CONFLICT (tenant_no, room_no, target_position, mark) DO UPDATE SET standing = reaction_counts.standing + 1`,
    ...keyOf(ref, reaction),
    position,
  );
}

/** A standing reaction stands no more from `position` on. */
export async function removeReaction(tx: Tx, ref: RoomRef, reaction: ReactionKey, position: number): Promise<void> {
  const key = keyOf(ref, reaction);
  await tx.run(
    `UPDATE reactions SET removed_position = $6 WHERE ${STANDING}`,
    ...key,
    reaction.participantNo,
    position,
  );
  await tx.run(`UPDATE reaction_counts SET standing = standing - 1 WHERE ${KEY}`, ...key);
  await tx.run(`DELETE FROM reaction_counts WHERE ${KEY} AND standing = 0`, ...key);
  // Only where the first of them went is there another first.
  await tx.run(
    `UPDATE reaction_counts SET first_position =
       (SELECT min(added_position) FROM reactions WHERE ${KEY} AND removed_position IS NULL)
     WHERE ${KEY} AND first_position =
       (SELECT added_position FROM reactions WHERE ${KEY} AND participant_no = $5 AND removed_position = $6)`,
    ...key,
    reaction.participantNo,
    position,
  );
}

/** How an emoji stands on an event, for one who may react with it (EV5). */
export async function reactionTo(
  reader: Reader,
  ref: RoomRef,
  reaction: ReactionKey,
): Promise<{ isMine: boolean; isNew: boolean; emojis: number }> {
  const row = await reader.get<{ mine: number; known: number; emojis: number }>(
    `SELECT EXISTS (SELECT 1 FROM reactions WHERE ${STANDING}) AS mine,
       EXISTS (SELECT 1 FROM reaction_counts WHERE ${KEY}) AS known,
       (SELECT count(*) FROM reaction_counts
        WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3) AS emojis`,
    ...keyOf(ref, reaction),
    reaction.participantNo,
  );
  return { isMine: row!.mine === 1, isNew: row!.known === 0, emojis: row!.emojis };
}

/**
 * What stands on these events, in the order of the earliest that stands of each emoji. It costs the emoji that are
 * there, however many people reacted.
 */
export async function countReactions(
  reader: Reader,
  ref: RoomRef,
  targets: readonly number[],
  viewerNo: number,
): Promise<CountedReaction[]> {
  const rows = await COUNTED(reader, [ref.tenantNo, ref.roomNo, viewerNo], targets);
  return rows.map(toCounted);
}

/** As `countReactions`, of what stood at a position, for one who has gone (MB10). It costs all that ever were there. */
export async function countReactionsAt(
  reader: Reader,
  ref: RoomRef,
  targets: readonly number[],
  viewerNo: number,
  position: number,
): Promise<CountedReaction[]> {
  const rows = await COUNTED_AT(reader, [ref.tenantNo, ref.roomNo, viewerNo, position], targets);
  return rows.map(toCounted);
}

function toCounted({ target, first, count, mine }: CountedRow): CountedReaction {
  return { target, first, count, isMine: mine === 1 };
}

/** Positions of all events that put reactions on an event, and took them off. */
export async function listReactionsOf(reader: Reader, ref: RoomRef, target: number): Promise<number[]> {
  const rows = await reader.all<{ added_position: number; removed_position: number | null }>(
    `SELECT added_position, removed_position FROM reactions
     WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3`,
    ref.tenantNo,
    ref.roomNo,
    target,
  );
  return rows.flatMap((row) => [row.added_position, ...(row.removed_position === null ? [] : [row.removed_position])]);
}

export async function deleteReactionsOf(tx: Tx, ref: RoomRef, target: number): Promise<void> {
  const key = [ref.tenantNo, ref.roomNo, target] as const;
  await tx.run("DELETE FROM reactions WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3", ...key);
  await tx.run("DELETE FROM reaction_counts WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3", ...key);
}
