import type { Value } from "../port.ts";
import type { Session } from "../postgres/session.ts";

/** Stands in a database for as long as a store is being moved into it: no server starts there. */
export const MOVING = "moving";

/** How far a move has come. */
export interface Mark {
  /** Says which store is moved, as it was when it began. */
  readonly origin: string;
  /** The table that is under way; those before it are done. Null before the first. */
  readonly table: string | null;
  /** The key of the last row of it that was copied; null before the first. */
  readonly after: readonly Value[] | null;
  /** Rows that were copied. */
  readonly rows: number;
  /** The last blob that was copied. */
  readonly blobNo: number;
}

/** Whether a store is being moved into a database, or was begun to be. */
export async function isBeingMoved(session: Session): Promise<boolean> {
  const { rows } = await session.exec(`SELECT to_regclass('${MOVING}') IS NOT NULL AS is_there`);
  return (rows[0] as { is_there: number }).is_there === 1;
}

export async function readMark(session: Session): Promise<Mark | undefined> {
  if (!(await isBeingMoved(session))) return undefined;
  const { rows } = await session.exec(`SELECT origin, table_name, after_key, row_count, blob_no FROM ${MOVING}`);
  const row = rows[0] as Row;
  return {
    origin: row.origin,
    table: row.table_name,
    after: row.after_key === null ? null : (JSON.parse(row.after_key) as Value[]),
    rows: row.row_count,
    blobNo: row.blob_no,
  };
}

/** Begins a move: the mark is there whole, or not at all. */
export async function makeMark(session: Session, origin: string): Promise<Mark> {
  await Promise.all([
    session.exec(
      `BEGIN; CREATE TABLE ${MOVING} (origin text NOT NULL, table_name text, after_key text, row_count bigint NOT NULL, blob_no bigint NOT NULL)`,
    ),
    session.exec(`INSERT INTO ${MOVING} VALUES ('${origin}', NULL, NULL, 0, 0)`),
    session.exec("COMMIT"),
  ]);
  return { origin, table: null, after: null, rows: 0, blobNo: 0 };
}

/** Goes with the rows it speaks of, in their transaction. */
export function markRows(session: Session, { table, after, rows }: Omit<Mark, "origin" | "blobNo">): Promise<unknown> {
  return session.query(`UPDATE ${MOVING} SET table_name = $1, after_key = $2, row_count = $3`, [
    table,
    after === null ? null : JSON.stringify(after),
    rows,
  ]);
}

export function markBlob(session: Session, blobNo: number): Promise<unknown> {
  return session.query(`UPDATE ${MOVING} SET blob_no = $1`, [blobNo]);
}

interface Row {
  origin: string;
  table_name: string | null;
  after_key: string | null;
  row_count: number;
  blob_no: number;
}
