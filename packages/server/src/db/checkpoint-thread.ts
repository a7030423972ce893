/** The thread that moves what the log holds into the database each time it is asked to. */
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { Connection } from "./connection.ts";

export type Asked = "move" | "end";

/** Answers each `move`: what stood in its way, or nothing. */
export interface Moved {
  readonly fault: string | null;
}

/** Steps of priority behind the thread that answers. */
const BEHIND = 5;

try {
  // Of this thread alone.
  setPriority(BEHIND);
} catch {
  // Where a process may not, it is as urgent as the others.
}
const connection = new Connection(workerData as string, { readOnly: false });
parentPort!.on("message", (asked: Asked) => {
  if (asked === "move") return parentPort!.postMessage(move());
  connection.close();
  parentPort!.close();
});

function move(): Moved {
  try {
    connection.get("PRAGMA wal_checkpoint(PASSIVE)", []);
    return { fault: null };
  } catch (error) {
    return { fault: String(error) };
  }
}
