import { rowMarks } from "./in-list.ts";
import type { Put } from "./port.ts";

/** A row that is put into a table. `into` is all of the statement before its `VALUES`. */
export function insertPut(into: string, columns: number): Put {
  const many = (rows: number) => `${into} VALUES ${rowMarks(rows, columns)}`;
  return { sql: many(1), many };
}
