import type { Db, Reader } from "../db/index.ts";
import { holdsLease, takeLease } from "./nodes.store.ts";
import { NO_TENANT } from "./scope.ts";

/** Notes that something is so for all nodes of the store, for good. A repeat changes nothing. */
export async function noteMark(db: Db, name: string, mark: string): Promise<void> {
  await db.write(NO_TENANT, (tx) => takeLease(tx, name, mark));
}

/** Whether that was noted. It is held by the mark and not by a node, so that it goes with none. */
export function isMarkNoted(reader: Reader, name: string, mark: string): Promise<boolean> {
  return holdsLease(reader, name, mark);
}
