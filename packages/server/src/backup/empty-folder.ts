import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BackupError } from "./backup-error.ts";

/** What file systems put into each of theirs. */
const ALWAYS_THERE = new Set(["lost+found"]);

/** `BackupError` for a folder that has something in it; one that is missing is empty too. */
export function mustBeEmpty(folder: string): void {
  if (contentsOf(folder).length > 0) {
    throw new BackupError(
      "conflict",
      `${folder} is not empty, and nothing is written over: name a new or an empty folder.`,
    );
  }
}

/** Takes away what was put into a folder that was empty; its mark last, so that half of it is never taken for a whole. */
export async function emptyAgain(folder: string, mark: string): Promise<void> {
  for (const name of contentsOf(folder)) {
    if (name !== mark) await rm(join(folder, name), { recursive: true, force: true });
  }
  await rm(join(folder, mark), { force: true });
}

function contentsOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !ALWAYS_THERE.has(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new BackupError("conflict", `${folder} is no folder: name a new or an empty one.`);
    throw error;
  }
}
