import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** Neighbouring events that lists leave out, from the first to the last of them. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

interface RunRow {
  first_position: number;
  last_position: number;
}

const toRun = (row: RunRow): Run => ({ first: row.first_position, last: row.last_position });

/** The event at a position is left out, as are some before it. */
export async function insertUnlisted(tx: Tx, ref: RoomRef, position: number): Promise<void> {
  const key = [ref.tenantNo, ref.roomNo, position] as const;
  const grown = await tx.run(
    `UPDATE unlisted SET last_position = $3 WHERE tenant_no = $1 AND room_no = $2 AND last_position = $3 - 1
       AND first_position = (SELECT max(first_position) FROM unlisted WHERE tenant_no = $1 AND room_no = $2)`,
    ...key,
  );
  if (grown > 0) return;
  await tx.run(
    "INSERT INTO unlisted (tenant_no, room_no, first_position, last_position) VALUES ($1, $2, $3, $3)",
    ...key,
  );
}

/** As `insertUnlisted`, wherever the position is: between two neighbours there is one run less. */
export async function insertUnlistedAmong(tx: Tx, ref: RoomRef, position: number): Promise<void> {
  const room = [ref.tenantNo, ref.roomNo] as const;
  const above = await tx.get<RunRow>(
    "SELECT first_position, last_position FROM unlisted WHERE tenant_no = $1 AND room_no = $2 AND first_position = $3",
    ...room,
    position + 1,
  );
  if (above !== undefined) {
    await tx.run(
      "DELETE FROM unlisted WHERE tenant_no = $1 AND room_no = $2 AND first_position = $3",
      ...room,
      position + 1,
    );
  }
  const last = above?.last_position ?? position;
  const grown = await tx.run(
    "UPDATE unlisted SET last_position = $4 WHERE tenant_no = $1 AND room_no = $2 AND last_position = $3",
    ...room,
    position - 1,
    last,
  );
  if (grown > 0) return;
  await tx.run(
    "INSERT INTO unlisted (tenant_no, room_no, first_position, last_position) VALUES ($1, $2, $3, $4)",
    ...room,
    position,
    last,
  );
}

/** Runs that begin below a position, the nearest first. */
export async function runsBelow(reader: Reader, ref: RoomRef, position: number, limit: number): Promise<Run[]> {
  const rows = await reader.all<RunRow>(
    `SELECT first_position, last_position FROM unlisted
     WHERE tenant_no = $1 AND room_no = $2 AND first_position < $3 ORDER BY first_position DESC LIMIT $4`,
    ref.tenantNo,
    ref.roomNo,
    position,
    limit,
  );
  return rows.map(toRun);
}

/** The run that a position lies in or follows, and those that begin above it, the nearest first. */
export async function runsFrom(reader: Reader, ref: RoomRef, position: number, limit: number): Promise<Run[]> {
  const rows = await reader.all<RunRow>(
    `SELECT first_position, last_position FROM unlisted
     WHERE tenant_no = $1 AND room_no = $2 AND first_position >= coalesce(
       (SELECT max(first_position) FROM unlisted WHERE tenant_no = $1 AND room_no = $2 AND first_position <= $3), 0)
     ORDER BY first_position LIMIT $4`,
    ref.tenantNo,
    ref.roomNo,
    position,
    limit,
  );
  return rows.map(toRun);
}
