/**
 * What an import cannot do without: the bundle read and hashed, its manifest unpacked and hashed, its media read and
 * hashed, and a row with two indexes for each event, 256 a commit with a full sync. Nothing is parsed or checked.
 *
 *     node limits/bundle-rows.ts BUNDLE FOLDER
 */
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { DatabaseSync } from "node:sqlite";
import { manifestOf } from "../verify/manifest.ts";

const GROUP = 256;
const [bundle, folder] = process.argv.slice(2) as [string, string];

async function digest(source: Readable): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of source) hash.update(chunk as Buffer);
  hash.digest("hex");
}

async function insertAll(path: string): Promise<number> {
  const database = new DatabaseSync(path);
  database.exec(
    `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
     CREATE TABLE t (n INTEGER PRIMARY KEY, room INT, position INT, id TEXT UNIQUE, body TEXT, UNIQUE (room, position))`,
  );
  const add = database.prepare("INSERT INTO t (room, position, id, body) VALUES (1, ?, ?, ?)");
  let rows = 0;
  for await (const line of createInterface(createReadStream(join(folder, "contents.jsonl")))) {
    if (rows % GROUP === 0) database.exec("BEGIN");
    add.run(rows, `evt-${rows.toString(36).padStart(36, "0")}`, line);
    if (++rows % GROUP === 0) database.exec("COMMIT");
  }
  if (rows % GROUP !== 0) database.exec("COMMIT");
  database.close();
  return rows;
}

const path = join(folder, "limit.db");
const started = performance.now();
await digest(createReadStream(bundle));
await digest(await manifestOf(bundle));
for (const name of readdirSync(join(folder, "media"))) await digest(createReadStream(join(folder, "media", name)));
const rows = await insertAll(path);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ rows, seconds, cpuSeconds: (user + system) / 1e6 }));
for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
