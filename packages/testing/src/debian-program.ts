import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../../node_modules/.cache/debian");

/** A program as it can be started, and where it finds its libraries. */
export interface Program {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A program that a test needs: an installed one, else that of Debian's packages, fetched once and unpacked without being
 * installed. `path` is where the packages have it. Undefined where there is neither.
 */
export async function debianProgram(path: string, packages: readonly string[]): Promise<Program | undefined> {
  const name = basename(path);
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const installed = folders.map((folder) => join(folder, name)).find((each) => existsSync(each));
  if (installed !== undefined) return { file: installed, env: process.env };
  const home = join(CACHE, name);
  if (!existsSync(home)) await fetchInto(home, packages).catch(() => {});
  if (!existsSync(home)) return undefined;
  const libraries = globSync("usr/lib/*-linux-gnu", { cwd: home }).map((folder) => join(home, folder));
  return { file: join(home, path), env: { ...process.env, LD_LIBRARY_PATH: libraries.join(":") } };
}

/** Several tests may fetch at once: each does it in a folder of its own, and the first one's stays. */
async function fetchInto(home: string, packages: readonly string[]): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "fetch-"));
  try {
    await run("apt-get", ["download", ...packages], { cwd: folder });
    await run("sh", ["-c", 'for package in *.deb; do dpkg -x "$package" unpacked; done'], { cwd: folder });
    renameSync(join(folder, "unpacked"), home);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
