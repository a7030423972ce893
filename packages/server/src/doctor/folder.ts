import { randomUUID } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { dataFolderFault } from "../lib/data-folder.ts";
import { SECRET_BYTES } from "../lib/secret.ts";
import type { Clock } from "../lib/clock.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const MB = 1_000_000;
/** Below it a server is about to answer SW_STORE_FULL. */
const LEAST_FREE = 100 * MB;
const FEW_FREE = 1000 * MB;
/** Of a disk that acknowledges what it has: some hundred syncs a second, and each write group waits for one. */
const SLOW_SYNC_MS = 20;
const SYNCS = 15;

/** Whether a data folder is there and this user's, or can be made. */
export function checkFolder(folder: string): Check {
  const there = nearest(folder);
  try {
    if (!statSync(there).isDirectory())
      return failed("folder", `${there} is no folder`, "Name a folder with --data DIR.");
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return failed("folder", `${there}: ${code}`, sentence(dataFolderFault(there, code, statSync(there).uid)));
  }
  if (there !== resolve(folder)) return ok("folder", `${folder} is made at the first start`);
  return checkModes(folder);
}

/** Whether others can read what is in it. */
function checkModes(folder: string): Check {
  const secret = join(folder, "secret");
  if (existsSync(secret) && isOpen(secret)) {
    return failed("folder", `${secret} can be read by others`, `Run: chmod 600 ${secret}`);
  }
  if (existsSync(secret) && statSync(secret).size !== SECRET_BYTES) {
    return failed(
      "folder",
      `${secret} is not a secret of ${SECRET_BYTES} random bytes`,
      "Put the file back, or remove it to make a new one.",
    );
  }
  if (isOpen(folder)) return warning("folder", `${folder} can be entered by others`, `Run: chmod 700 ${folder}`);
  return ok("folder", `${folder} is this user's alone`);
}

export function checkDisk(folder: string): Check {
  const { bavail, bsize } = statfsSync(nearest(folder));
  return judgeDisk(bavail * bsize);
}

/** By the bytes that this user may still write. */
export function judgeDisk(free: number): Check {
  const found = `${Math.floor(free / MB).toLocaleString("en-US")} MB free`;
  if (free < LEAST_FREE)
    return failed("disk", found, "Free some space, or move the data folder: writes are about to be refused.");
  if (free < FEW_FREE)
    return warning("disk", found, "Free some space before it runs out: a full disk refuses all writes.");
  return ok("disk", found);
}

/** How long a write takes until it is durable: the median of some. */
export function checkSync(folder: string, clock: Pick<Clock, "monotonic">): Check {
  const there = nearest(folder);
  const path = join(there, `doctor-${randomUUID()}`);
  let took: number[];
  try {
    took = syncTimes(path, clock);
  } catch (error) {
    return warning(
      "fsync",
      `not measured (${(error as NodeJS.ErrnoException).code})`,
      `See what keeps this user from writing in ${there}.`,
    );
  } finally {
    rmSync(path, { force: true });
  }
  return judgeSync(took.toSorted((a, b) => a - b)[Math.floor(SYNCS / 2)]!);
}

/** By the milliseconds of one. */
export function judgeSync(median: number): Check {
  const found = `${median.toFixed(1)} ms`;
  if (median <= SLOW_SYNC_MS) return ok("fsync", found);
  return warning(
    "fsync",
    found,
    "Every answer to a write waits for one: a local SSD is ten times as fast as this disk.",
  );
}

function syncTimes(path: string, clock: Pick<Clock, "monotonic">): number[] {
  const file = openSync(path, "wx", 0o600);
  try {
    const page = Buffer.alloc(4096, 1);
    return Array.from({ length: SYNCS }, () => {
      const started = clock.monotonic();
      writeSync(file, page);
      fsyncSync(file);
      return clock.monotonic() - started;
    });
  } finally {
    closeSync(file);
  }
}

/** A folder, or the first above it that is there. */
function nearest(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function isOpen(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
