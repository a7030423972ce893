import { createHash, hash } from "node:crypto";
import { createWriteStream, fdatasync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { uuidv7 } from "uuidv7";
import { Manners } from "../lib/manners.ts";
import { notePassed } from "../lib/young-memory.ts";
import { removeFile } from "./remove-file.ts";
import { Scratch, SYNCED_BYTES } from "./scratch.ts";
import { storeError } from "./store-error.ts";

/** Bytes that were received whole and synced, in a file of their own that nobody refers to yet. */
export interface Staged {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Removes the file; a repeat, or after it was moved away, changes nothing. */
  discard(): Promise<void>;
}

/** Bytes after which others are let through, and the milliseconds of work that they are, all in all. */
const PORTION = { bytes: SYNCED_BYTES, ms: 3 };

const datasync = promisify(fdatasync);

/** More bytes came than were to be taken. */
export class TooManyBytes extends Error {
  readonly most: number;

  constructor(most: number) {
    super(`more than ${most} bytes came`);
    this.most = most;
  }
}

/**
 * Where files stand while they are received, of any size in little memory. What a process leaves there when it dies is
 * swept when the next one opens the folder.
 */
export class Staging {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the folder, made when missing, and sweeps what an earlier process left in it. */
  static async open(folder: string): Promise<Staging> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) await sweep(join(folder, name));
    return new Staging(folder);
  }

  /** One that another process has opened, and waits for what is put into it. */
  static at(folder: string): Staging {
    return new Staging(folder);
  }

  /** One within this one, for what belongs together, until `remove`. `SW_STORE_FULL` when the disk is. */
  async within(): Promise<Staging> {
    const { path } = this.#place();
    try {
      await mkdir(path, { mode: 0o700 });
    } catch (error) {
      throw storeError(error);
    }
    return new Staging(path);
  }

  /** Takes the folder away, with all that is still in it. */
  async remove(): Promise<void> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(unlessMissing);
    for (const entry of entries ?? []) if (entry.isFile()) await this.#place(entry.name).discard();
    await sweep(this.#folder);
  }

  get folder(): string {
    return this.#folder;
  }

  /**
   * Receives a stream into a file, hashed on its way, and syncs its end too unless nobody needs it to. `TooManyBytes`
   * beyond `most` bytes, `SW_STORE_FULL` when the disk is; then, and when the source fails, nothing is left behind.
   * `name`: by which `find` has it.
   */
  async receive(
    source: Readable,
    most: number,
    { isSynced = true, name }: { isSynced?: boolean; name?: string } = {},
  ): Promise<Staged> {
    const { path, discard } = this.#place(name);
    const digest = createHash("sha256");
    const manners = new Manners();
    let [size, given] = [0, 0];
    let fd: number | undefined;
    const measured = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size > most) return done(new TooManyBytes(most));
        digest.update(chunk);
        notePassed(chunk.length);
        if (size - given < PORTION.bytes) return done(null, chunk);
        given = size;
        const synced = fd === undefined ? undefined : datasync(fd);
        Promise.all([synced, manners.giveWay(PORTION.ms)]).then(() => done(null, chunk), done);
      },
    });
    // Opened while the source is read: one that is not read at once may end unheard.
    const file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: isSynced });
    file.once("open", (opened) => (fd = opened));
    try {
      await pipeline(source, measured, file);
    } catch (error) {
      await discard();
      throw storeError(error);
    }
    return { path, size, sha256: digest.digest("hex"), discard };
  }

  /**
   * Puts bytes that are at hand into a file, and syncs it. `SW_STORE_FULL` when the disk is; then nothing is left behind.
   * `name`: by which `find` has it.
   */
  async keep(bytes: Buffer, name?: string): Promise<Staged> {
    const { path, discard } = this.#place(name);
    try {
      const file = await open(path, "wx", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await discard();
      throw storeError(error);
    }
    return { path, size: bytes.length, sha256: hash("sha256", bytes, "hex"), discard };
  }

  /** A file that is gone with this staging. */
  scratch(): Promise<Scratch> {
    return Scratch.open(this.#place().path);
  }

  /** What was received or kept by a name, by this process or another. */
  find(name: string, { size, sha256 }: Pick<Staged, "size" | "sha256">): Staged {
    return { ...this.#place(name), size, sha256 };
  }

  #place(name: string = uuidv7()): Pick<Staged, "path" | "discard"> {
    const path = join(this.#folder, name);
    return { path, discard: () => removeFile(path).catch(unlessMissing) };
  }
}

/** Again where it was not empty: a process that is about to end may have put one thing more there. */
function sweep(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5 });
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
