import { mustNotBeMoved } from "./moved-mark.ts";
import { openPostgres, type StorePlace } from "./open-store.ts";
import { type SchemaState, schemaStateOf } from "./schema-state.ts";
import { openSqlite, storeFileOf } from "./sqlite.ts";

/** Where the store of a place stands among the migrations of this program; changes nothing, and servers may be running on it. */
export async function schemaStateAt({ folder, url }: StorePlace): Promise<SchemaState> {
  if (url === undefined) {
    mustNotBeMoved(folder);
    return schemaStateOf(storeFileOf(folder));
  }
  const { lookAtPostgres } = await import("./postgres/look.ts");
  const { version, newest, pending } = await lookAtPostgres(url);
  return { version, newest, pending };
}

/**
 * Runs the migrations that a store has not had, without serving. A repeat changes nothing. `FolderTakenError` while a
 * server runs on a folder; throws where the store is of a newer program.
 */
export async function bringUpToDate({ folder, url }: StorePlace, now: () => number): Promise<void> {
  const db = url === undefined ? openSqlite({ folder, now }) : await openPostgres({ url, now });
  await db.close();
}
