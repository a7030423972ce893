import { rowMarks } from "./in-list.ts";
import type { Value } from "./port.ts";

/** A statement that is put (see `Tx.put`), and of which several may go out as one. */
export interface Put {
  readonly sql: string;
  /** The same for so many rows, whose values are numbered on. */
  readonly many: (rows: number) => string;
  /** What a row is about: of several about one thing only the last is put. Each is about its own where this is missing. */
  readonly about?: (values: readonly Value[]) => string;
}

/** A row that is put into a table. `into` is all of the statement before its `VALUES`. */
export function insertPut(into: string, columns: number): Put {
  const many = (rows: number) => `${into} VALUES ${rowMarks(rows, columns)}`;
  return { sql: many(1), many };
}
