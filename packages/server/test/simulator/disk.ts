import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "../../src/db/connection.ts";
import { bringUpToDate, type Reader, storeFileOf, type Value } from "../../src/db/index.ts";

/** What becomes of a commit: it is one; the store cannot; or the power goes, right before it or right after. */
export type CommitFate = "done" | "full" | "broken" | "lost" | "kept";

/** Thrown where the power goes in a commit. */
export class PowerCut extends Error {}

/** A store in memory, of an image of one. */
class Memory extends Connection {
  constructor(image: Uint8Array) {
    super(":memory:", { readOnly: false });
    this.engine.deserialize(image);
    // As the embedded store has it; what syncs, here goes nowhere.
    this.engine.exec("PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");
  }

  image(): Uint8Array {
    return this.engine.serialize();
  }
}

/** A connection that outlives those who use it: what it has prepared serves many worlds. */
class LastingConnection extends Memory {
  fate: (() => CommitFate) | undefined;
  onBegin: (() => void) | undefined;
  onCommitted: (() => void) | undefined;

  override exec(sql: string): void {
    if (sql.startsWith("BEGIN")) this.onBegin?.();
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

/** What somebody reads of one moment. */
interface View {
  hasRead: boolean;
  /** That moment, where the store has moved on since. */
  kept: Memory | undefined;
}

/**
 * A server's store: the embedded engine, in memory, over one connection. Whoever reads sees what is committed, and a
 * snapshot one moment of it, as with connections of their own: while a transaction is open, and for a snapshot that began
 * before one, that is an image. Hardly anything ever reads beside a transaction, so images are only taken once something has.
 */
export class Disk {
  readonly writer: LastingConnection;
  readonly #images: Images;
  readonly #tables: readonly string[];
  readonly #views = new Set<View>();
  /** As it was when the open transaction began. */
  #before: Uint8Array | undefined;
  /** For those who read beside the open transaction. */
  #beside: Memory | undefined;

  constructor(empty: Uint8Array, images: Images) {
    this.#images = images;
    this.writer = new LastingConnection(empty);
    this.#tables = tables(this.writer);
    this.writer.onBegin = () => this.#begins();
  }

  /** What was committed last. */
  get committed(): Pick<Connection, "get" | "all"> {
    if (!this.writer.isInTransaction) return this.writer;
    return (this.#beside ??= this.#image());
  }

  async snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const view: View = { hasRead: false, kept: undefined };
    this.#views.add(view);
    const at = (): Pick<Connection, "get" | "all"> => {
      view.hasRead = true;
      if (view.kept === undefined && this.writer.isInTransaction) view.kept = this.#image();
      return view.kept ?? this.writer;
    };
    try {
      return await work({
        get: async <Row>(sql: string, ...values: Value[]) => at().get(sql, values) as Row | undefined,
        all: async <Row>(sql: string, ...values: Value[]) => at().all(sql, values) as Row[],
      });
    } finally {
      this.#views.delete(view);
      view.kept?.close();
    }
  }

  /** Nobody uses it any more: what was not committed is gone. */
  restart(): void {
    this.writer.close();
    this.writer.fate = undefined;
    this.writer.onCommitted = undefined;
  }

  /** Makes it empty for another world. */
  wipe(): void {
    this.restart();
    this.writer.exec("PRAGMA foreign_keys = OFF");
    this.writer.exec("BEGIN");
    for (const name of this.#tables) this.writer.run(`DELETE FROM ${name}`, []);
    this.writer.exec("COMMIT");
    this.writer.exec("PRAGMA foreign_keys = ON");
  }

  end(): void {
    this.writer.end();
  }

  #begins(): void {
    this.#beside?.close();
    this.#beside = undefined;
    this.#before = this.#images.areTaken ? this.writer.image() : undefined;
    for (const view of this.#views) if (view.hasRead) view.kept ??= new Memory(this.writer.image());
  }

  #image(): Memory {
    if (this.#before !== undefined) return new Memory(this.#before);
    this.#images.areMissed = true;
    throw new Error("something reads beside a transaction: the world is to be played again, with images");
  }
}

/** Whether stores keep what they were before each transaction, and whether somebody missed it. */
interface Images {
  areTaken: boolean;
  areMissed: boolean;
}

function tables(connection: Connection): string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  const rows = connection.all(sql, []) as { name: string }[];
  return rows.map(({ name }) => name).filter((name) => name !== "schema_migrations");
}

/** Disks for one world after the other. */
export class Disks {
  readonly #empty: Uint8Array;
  readonly #images: Images = { areTaken: false, areMissed: false };
  readonly #all: Disk[] = [];
  #idle: Disk[] = [];

  private constructor(empty: Uint8Array) {
    this.#empty = empty;
  }

  static async open(): Promise<Disks> {
    return new Disks(await emptyStore());
  }

  take(): Disk {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const disk = new Disk(this.#empty, this.#images);
    this.#all.push(disk);
    return disk;
  }

  /**
   * The world is over. True where it could not be played as it is, since it read what was before a transaction that was open:
   * in the next one that is kept.
   */
  giveBack(): boolean {
    for (const disk of this.#all) if (!this.#idle.includes(disk)) disk.wipe();
    // The same world finds the same disks.
    this.#idle = this.#all.toReversed();
    const isVoid = this.#images.areMissed;
    // Hardly any world needs them, and they are a fifth of what one takes.
    Object.assign(this.#images, { areTaken: isVoid, areMissed: false });
    return isVoid;
  }

  end(): void {
    for (const disk of this.#all) disk.end();
  }
}

/** A store in which nothing is, as the server itself makes it. */
async function emptyStore(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-empty-"));
  try {
    await bringUpToDate({ folder }, () => 0);
    const bytes = readFileSync(storeFileOf(folder));
    // Its file says that there is a journal beside it (bytes 18 and 19 of the format), which memory has not.
    bytes.fill(1, 18, 20);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
