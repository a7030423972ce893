import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sync } from "../lib/durable.ts";
import { Connection } from "./connection.ts";

const PROCESS = join(import.meta.dirname, "store-copy.ts");
const LOOK_MS = 200;

export interface CopyOptions {
  /** Ends it; nothing is left of the copy then. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the copy, and about how many there will be. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Copies an embedded store as it is at one moment into a new file, beside a server that may be writing to it, and syncs
 * the copy. It is written row by row: what was deleted before that moment is not in it, whatever the pages still hold
 * (docs/decisions/0010), and it has no log beside it. Deleted bytes cannot leave the log of the source meanwhile.
 */
export async function copyStore(from: string, to: string, { signal, onProgress }: CopyOptions = {}): Promise<void> {
  signal?.throwIfAborted();
  const total = bytesOf(from);
  // It is nobody else's to read, also while it is being written.
  closeSync(openSync(to, "wx", 0o600));
  const args = ["--disable-warning=ExperimentalWarning", PROCESS, from, to];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const kill = (): void => void child.kill("SIGKILL");
  const look = setInterval(() => onProgress?.(Math.min(total - 1, statSync(to).size), total), LOOK_MS);
  signal?.addEventListener("abort", kill);
  process.once("exit", kill);
  try {
    const [[code], said] = await Promise.all([once(child, "close"), text(child.stderr)]);
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`the store could not be copied: ${reasonIn(said)}`);
    await sync(to);
    onProgress?.(total, total);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  } finally {
    clearInterval(look);
    signal?.removeEventListener("abort", kill);
    process.off("exit", kill);
  }
}

function bytesOf(path: string): number {
  const connection = new Connection(path, { readOnly: true });
  try {
    const { page_count } = connection.get("PRAGMA page_count", []) as { page_count: number };
    const { page_size } = connection.get("PRAGMA page_size", []) as { page_size: number };
    return page_count * page_size;
  } finally {
    connection.close();
  }
}

/** The message among the lines of an uncaught error. */
function reasonIn(said: string): string {
  return /^Error: (.+)$/m.exec(said)?.[1] ?? (said.trim() || "the process was ended");
}
