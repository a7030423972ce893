import { Worker } from "node:worker_threads";
import type { EventRow } from "../event-rows.ts";
import { openBatchWriter } from "./write-batch.ts";

/** Hands over a row; `done` is called after the sync of the transaction that holds it. */
export type Write = (row: EventRow, done: () => void) => void;

/** The writer in the main thread: all rows of one turn of the event loop form a group. */
export function mainThreadWriter(path: string): Write {
  const write = openBatchWriter(path);
  let rows: EventRow[] = [];
  let waiting: (() => void)[] = [];
  function commit(): void {
    const group = waiting;
    write(rows);
    rows = [];
    waiting = [];
    for (const done of group) done();
  }
  return (row, done) => {
    if (rows.length === 0) setImmediate(commit);
    rows.push(row);
    waiting.push(done);
  };
}

/** The writer in a worker: while one batch is there, the next gathers here. */
export function workerWriter(path: string): Write {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: path });
  let rows: EventRow[] = [];
  let waiting: (() => void)[] = [];
  let away: (() => void)[] = [];
  function hand(): void {
    if (rows.length === 0 || away.length > 0) return;
    away = waiting;
    worker.postMessage(rows);
    rows = [];
    waiting = [];
  }
  worker.on("message", () => {
    const group = away;
    away = [];
    hand();
    for (const done of group) done();
  });
  return (row, done) => {
    if (rows.length === 0) setImmediate(hand);
    rows.push(row);
    waiting.push(done);
  };
}
