import { parentPort, workerData } from "node:worker_threads";
import type { EventRow } from "../event-rows.ts";
import { openBatchWriter } from "./write-batch.ts";

const write = openBatchWriter(workerData as string);
parentPort!.on("message", (rows: EventRow[]) => {
  write(rows);
  parentPort!.postMessage(null);
});
