import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../exit-codes.ts";

/** Tells a demo's data folder from one that somebody works with. */
const MARK = "stairwell-demo.json";

export interface DemoFolder {
  readonly path: string;
  /** Whether a demo lies there already. */
  readonly isMade: boolean;
  /** Whether it goes with the demo's end. */
  readonly isTemporary: boolean;
}

/** The folder of a demo: the given one, or a fresh one that does not stay. `UsageError` when something else lies there. */
export function demoFolder(given: string | undefined): DemoFolder {
  if (given === undefined)
    return { path: mkdtempSync(join(tmpdir(), "stairwell-demo-")), isMade: false, isTemporary: true };
  const path = resolve(given);
  const isMade = existsSync(join(path, MARK));
  if (!isMade && existsSync(path) && readdirSync(path).length > 0) {
    throw new UsageError(`${path} is not empty and holds no demo: name another folder`);
  }
  return { path, isMade, isTemporary: false };
}

/** Makes a demo in a folder beside it that takes its place when it is whole: half a demo is never found. */
export async function makeWhole({ path }: DemoFolder, make: (folder: string) => Promise<void>): Promise<void> {
  const making = `${path}.making`;
  rmSync(making, { recursive: true, force: true });
  const { makeDataFolder } = await import("@stairwell/server");
  makeDataFolder(dirname(making));
  mkdirSync(making, { mode: 0o700 });
  try {
    await make(making);
    writeFileSync(join(making, MARK), "{}\n");
    renameSync(making, path);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}
