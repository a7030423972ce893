import { EVENT_INSERT, MARKER_UPDATE, openEventStore, ROOMS } from "../event-rows.ts";
import type { EventRow } from "../event-rows.ts";

/** Opens the store and answers the function that writes a batch: one transaction, one sync. */
export function openBatchWriter(path: string): (rows: readonly EventRow[]) => void {
  const database = openEventStore(path, ROOMS);
  const insert = database.prepare(EVENT_INSERT);
  const mark = database.prepare(MARKER_UPDATE);
  return (rows) => {
    database.exec("BEGIN IMMEDIATE");
    for (const row of rows) {
      insert.run(...row);
      mark.run(row[2]!, row[9]!, row[1]!, row[1]!);
    }
    database.exec("COMMIT");
  };
}
