import { readdirSync, readFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

const TASKS = "/proc/self/task";
/** Those that pack, hash, read and sync for the main thread. Not those that help it collect: it waits for them. */
const BACKGROUND = "libuv-worker";
const NICER = 10;
const NICEST = 19;

/**
 * Puts the threads that work for the main one behind it: where they share its core, each of a crowd of them would have as
 * much of it as the thread that answers everybody. They still have all that it leaves. Linux alone says which threads
 * there are; elsewhere all stay equal. For when there are some; a repeat changes nothing of those that are there.
 */
export function standBack(): void {
  const nice = Math.min(getPriority() + NICER, NICEST);
  for (const thread of threads()) {
    try {
      if (readFileSync(`${TASKS}/${thread}/comm`, "utf8").trim() === BACKGROUND) setPriority(Number(thread), nice);
    } catch {
      // It ended meanwhile, or whoever started us does not let us: then it stays as it is.
    }
  }
}

function threads(): string[] {
  try {
    return readdirSync(TASKS);
  } catch {
    return [];
  }
}
