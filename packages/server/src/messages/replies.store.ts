import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** Below this many places an event, counts are read in one walk of the span; a thread's page lies too wide for it. */
const DENSE = 16;

export async function insertReply(tx: Tx, ref: RoomRef, target: number, position: number): Promise<void> {
  const key = [ref.tenantNo, ref.roomNo, target] as const;
  await tx.run(
    `INSERT INTO threads (tenant_no, room_no, target_position, replied, redacted) VALUES ($1, $2, $3, 1, 0)
     ON CONFLICT (tenant_no, room_no, target_position) DO UPDATE SET replied = threads.replied + 1`,
    ...key,
  );
  await tx.run(
    `INSERT INTO replies (tenant_no, room_no, target_position, redacted, position, ordinal)
     SELECT tenant_no, room_no, target_position, 0, $4, replied FROM threads
     WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3`,
    ...key,
    position,
  );
}

/** Takes a redacted message out of the thread it was in; does nothing for one that was no reply, or that is out already. */
export async function withdrawReply(tx: Tx, ref: RoomRef, position: number): Promise<void> {
  const key = [ref.tenantNo, ref.roomNo, position] as const;
  const taken = await tx.run(
    "UPDATE replies SET redacted = 1 WHERE tenant_no = $1 AND room_no = $2 AND position = $3 AND redacted = 0",
    ...key,
  );
  if (taken === 0) return;
  await tx.run(
    `UPDATE threads SET redacted = redacted + 1 WHERE tenant_no = $1 AND room_no = $2
       AND target_position = (SELECT target_position FROM replies WHERE tenant_no = $1 AND room_no = $2 AND position = $3)`,
    ...key,
  );
}

/**
 * Replies up to `readableTo` to the events at these positions, redacted ones not counted: target position to count,
 * nothing for an event without any. Costs steps by key, however many replies there are.
 */
export async function countReplies(
  reader: Reader,
  ref: RoomRef,
  positions: readonly number[],
  readableTo: number,
): Promise<Map<number, number>> {
  const from = Math.min(...positions);
  const to = Math.max(...positions);
  const threads =
    to - from < DENSE * positions.length
      ? await threadsBetween(reader, ref, from, to)
      : (await Promise.all(positions.map((at) => threadsBetween(reader, ref, at, at)))).flat();
  const counts = new Map<number, number>();
  for (const { target, live } of threads) {
    // Replies come after what they answer: for most readers all of them are within sight.
    const count = readableTo === Infinity ? live : await countRepliesUpTo(reader, ref, target, readableTo);
    if (count > 0) counts.set(target, count);
  }
  return counts;
}

function threadsBetween(reader: Reader, ref: RoomRef, from: number, to: number) {
  return reader.all<{ target: number; live: number }>(
    `SELECT target_position AS target, replied - redacted AS live FROM threads
     WHERE tenant_no = $1 AND room_no = $2 AND target_position BETWEEN $3 AND $4`,
    ref.tenantNo,
    ref.roomNo,
    from,
    to,
  );
}

/** For one who has gone: the ordinal of the last reply within sight, less the redacted ones among those (MB10). */
export async function countRepliesUpTo(
  reader: Reader,
  ref: RoomRef,
  target: number,
  position: number,
): Promise<number> {
  const row = await reader.get<{ live: number | null; redacted: number | null; out: number }>(
    `SELECT
       (SELECT ordinal FROM replies WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3 AND redacted = 0
          AND position <= $4 ORDER BY position DESC LIMIT 1) AS live,
       (SELECT ordinal FROM replies WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3 AND redacted = 1
          AND position <= $4 ORDER BY position DESC LIMIT 1) AS redacted,
       (SELECT count(*) FROM replies WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3 AND redacted = 1
          AND position <= $4) AS out`,
    ref.tenantNo,
    ref.roomNo,
    target,
    position,
  );
  return Math.max(row?.live ?? 0, row?.redacted ?? 0) - (row?.out ?? 0);
}

/** Positions of the replies to one event, from the one next to `from` on; redacted ones are in no thread. */
export async function listReplies(
  reader: Reader,
  ref: RoomRef,
  target: number,
  page: { from: number; direction: "back" | "forward"; limit: number },
): Promise<number[]> {
  const [beyond, order] = page.direction === "back" ? ["<", "DESC"] : [">", "ASC"];
  const rows = await reader.all<{ position: number }>(
    `SELECT position FROM replies
     WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3 AND redacted = 0 AND position ${beyond} $4
     ORDER BY position ${order} LIMIT $5`,
    ref.tenantNo,
    ref.roomNo,
    target,
    page.from,
    page.limit,
  );
  return rows.map(({ position }) => position);
}

/** Takes rows of a log that no room is made of off the record, at most so many of each kind; answers how many. */
export async function forgetReplies(
  tx: Tx,
  { tenantNo, roomNo }: { tenantNo: number; roomNo: number },
  most: number,
): Promise<number> {
  let forgotten = 0;
  for (const table of ["replies", "threads"] as const) {
    forgotten += await tx.run(
      `DELETE FROM ${table} WHERE tenant_no = $1 AND room_no = $2 AND target_position IN
         (SELECT target_position FROM ${table} WHERE tenant_no = $1 AND room_no = $2 LIMIT $3)`,
      tenantNo,
      roomNo,
      most,
    );
  }
  return forgotten;
}

/** A log is given up beyond a position (FD17), and threads count what is left. */
export async function rewindReplies(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  position: number,
): Promise<void> {
  const room = [tenantNo, roomNo] as const;
  await tx.run("DELETE FROM replies WHERE tenant_no = $1 AND room_no = $2 AND position > $3", ...room, position);
  await tx.run("DELETE FROM threads WHERE tenant_no = $1 AND room_no = $2", ...room);
  await tx.run(
    `INSERT INTO threads (tenant_no, room_no, target_position, replied, redacted)
     SELECT tenant_no, room_no, target_position, count(*), sum(redacted) FROM replies
     WHERE tenant_no = $1 AND room_no = $2 GROUP BY tenant_no, room_no, target_position`,
    ...room,
  );
}
