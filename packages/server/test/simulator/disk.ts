import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "../../src/db/connection.ts";
import { bringUpToDate, storeFileOf } from "../../src/db/index.ts";

/** What becomes of a commit: it is one; the store cannot; or the power goes, right before it or right after. */
export type CommitFate = "done" | "full" | "broken" | "lost" | "kept";

/** Thrown where the power goes in a commit. */
export class PowerCut extends Error {}

/** A connection that outlives those who use it: what it has prepared serves many worlds. */
class LastingConnection extends Connection {
  fate: (() => CommitFate) | undefined;
  onCommitted: (() => void) | undefined;

  override exec(sql: string): void {
    const fate = sql === "COMMIT" ? (this.fate?.() ?? "done") : "done";
    if (fate === "full") throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
    if (fate === "broken") throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
    if (fate === "lost") throw new PowerCut();
    super.exec(sql);
    if (sql === "COMMIT") this.onCommitted?.();
    if (fate === "kept") throw new PowerCut();
  }

  /** Lets go of it: what was not committed is gone. */
  override close(): void {
    if (this.isInTransaction) super.exec("ROLLBACK");
  }

  end(): void {
    super.close();
  }
}

/** A server's store: the embedded engine's own files, in memory where the system offers that. */
export class Disk {
  readonly writer: LastingConnection;
  readonly #path: string;
  /** All that were opened, and those that nobody uses. */
  readonly #readers: LastingConnection[] = [];
  #idle: LastingConnection[] = [];

  constructor(path: string, empty: Buffer) {
    this.#path = path;
    writeFileSync(path, empty);
    this.writer = new LastingConnection(path, { readOnly: false });
    this.writer.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;");
  }

  /** A connection that reads. All are given back at once, with `restart`. */
  reader(): Connection {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const reader = new LastingConnection(this.#path, { readOnly: true });
    this.#readers.push(reader);
    return reader;
  }

  /** Nobody uses it any more: what was not committed is gone. */
  restart(): void {
    for (const connection of [this.writer, ...this.#readers]) connection.close();
    this.#idle = [...this.#readers];
    this.writer.fate = undefined;
    this.writer.onCommitted = undefined;
  }

  /** Makes it empty for another world. */
  wipe(): void {
    this.restart();
    this.writer.exec("PRAGMA foreign_keys = OFF; BEGIN");
    for (const name of tables(this.writer)) this.writer.exec(`DELETE FROM ${name}`);
    this.writer.exec("COMMIT");
    this.writer.exec("PRAGMA foreign_keys = ON");
  }

  end(): void {
    for (const connection of [this.writer, ...this.#readers]) connection.end();
  }
}

function tables(connection: Connection): string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  const rows = connection.all(sql, []) as { name: string }[];
  return rows.map(({ name }) => name).filter((name) => name !== "schema_migrations");
}

/** Disks for one world after the other. */
export class Disks {
  readonly #folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "stairwell-sim-"));
  readonly #empty: Buffer;
  readonly #all: Disk[] = [];
  #idle: Disk[] = [];

  private constructor(empty: Buffer) {
    this.#empty = empty;
  }

  static async open(): Promise<Disks> {
    return new Disks(await emptyStore());
  }

  take(): Disk {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const disk = new Disk(join(this.#folder, `${this.#all.length}.db`), this.#empty);
    this.#all.push(disk);
    return disk;
  }

  /** The world is over. */
  giveBack(): void {
    for (const disk of this.#all) if (!this.#idle.includes(disk)) disk.wipe();
    // The same world finds the same disks.
    this.#idle = this.#all.toReversed();
  }

  end(): void {
    for (const disk of this.#all) disk.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The file of a store in which nothing is, as the server itself makes it. */
async function emptyStore(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-empty-"));
  try {
    await bringUpToDate(folder, () => 0);
    return readFileSync(storeFileOf(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
