import { type SchemaState, schemaStateOf } from "./schema-state.ts";
import { openSqlite, storeFileOf } from "./sqlite.ts";

/**
 * Runs the migrations that a folder's store has not had, without serving, and answers where it stood before. A repeat
 * changes nothing. `FolderTakenError` while a server runs on it; throws where the store is of a newer program.
 */
export async function bringUpToDate(folder: string, now: () => number): Promise<SchemaState> {
  const before = schemaStateOf(storeFileOf(folder));
  await openSqlite({ folder, now }).close();
  return before;
}
