import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { quantile } from "./spread.ts";

/** What the disk and the database alone can do here, measured in the same run as everything that leans on them. */
export interface Limits {
  /** Median milliseconds of an fdatasync after appending 4 KiB. */
  fdatasyncMs: number;
  /** 300-byte rows with two indexes a second, 64 a commit, WAL, synchronous=FULL. */
  sqliteRowsPerSecond: number;
}

export function measureLimits(folder: string): Limits {
  return {
    fdatasyncMs: appendAndSync(join(folder, "limit.bin")),
    sqliteRowsPerSecond: insert(join(folder, "limit.db")),
  };
}

function appendAndSync(path: string): number {
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096, 1);
  const times = Array.from({ length: 300 }, () => {
    const started = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  rmSync(path);
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  );
}

function insert(path: string): number {
  const database = new DatabaseSync(path);
  database.exec(
    `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
     CREATE TABLE t (n INTEGER PRIMARY KEY, room INT, position INT, id TEXT UNIQUE, body TEXT, UNIQUE (room, position))`,
  );
  const add = database.prepare("INSERT INTO t (room, position, id, body) VALUES (?, ?, ?, ?)");
  const body = "x".repeat(240);
  let rows = 0;
  const started = performance.now();
  while (performance.now() - started < 1000) {
    database.exec("BEGIN");
    for (let i = 0; i < 64; i++, rows++) add.run(i, rows, `evt-${rows.toString(36).padStart(12, "0")}`, body);
    database.exec("COMMIT");
  }
  const rate = (rows * 1000) / (performance.now() - started);
  database.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  return rate;
}
