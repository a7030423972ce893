import { hasStore, movedText, openSqliteReader, schemaStateOf, storeFileOf } from "../db/index.ts";
import { hasTenants } from "../tenants/index.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** Whether the embedded store of a folder answers, and is of this program's version. */
export async function checkStore(folder: string): Promise<Check> {
  const moved = movedText(folder);
  if (moved !== undefined) return failed("store", "moved away", moved);
  if (!hasStore(folder)) return ok("store", "none yet; it is made at the first start");
  try {
    const { version, newest, pending } = schemaStateOf(storeFileOf(folder));
    if (version === 0) return ok("store", "begun, and empty; the first start makes the rest");
    const found = `schema version ${version}`;
    if (version > newest) {
      return failed("store", found, `This program knows ${newest}: run the newer one that wrote it.`);
    }
    const store = openSqliteReader(folder);
    try {
      if (!(await hasTenants(store))) {
        return warning("store", `${found}, without a tenant`, "Make one with 'stairwell tenant create'.");
      }
    } finally {
      await store.close();
    }
    if (pending.length === 0) return ok("store", found);
    return warning(
      "store",
      `${found} of ${newest}`,
      "The next start migrates it, and so does 'stairwell migrate'; make a backup first.",
    );
  } catch (error) {
    return failed("store", "it cannot be read", (error as Error).message);
  }
}
