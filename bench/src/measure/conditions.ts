import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { arch, cpus, release, totalmem, type } from "node:os";
import type { Cores } from "./cores.ts";
import type { Limits } from "./limits.ts";
import { measureLimits } from "./limits.ts";

/** Under what the figures were measured; without it they say nothing. */
export interface Conditions {
  date: string;
  version: string;
  commit: string | null;
  node: string;
  sqlite: string;
  kernel: string;
  cpu: string;
  cores: number;
  memoryGB: number;
  pinned: Cores | null;
  /** A memory file system syncs nothing: figures taken on it are not durable ones. */
  dataOnDisk: boolean;
  limits: Limits;
}

const TMPFS = 0x01021994;

/** Takes about two seconds: it measures the limits too. */
export async function conditions(folder: string, pinned: Cores | null): Promise<Conditions> {
  const root = new URL("../../../", import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };
  return {
    date: new Date().toISOString(),
    version,
    commit: headCommit(root),
    node: process.version,
    sqlite: process.versions["sqlite"] ?? "unknown",
    kernel: `${type()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    pinned,
    dataOnDisk: (await statfs(folder)).type !== TMPFS,
    limits: measureLimits(folder),
  };
}

function headCommit(cwd: URL): string | null {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd, stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return null; // not a checkout, or no commit yet
  }
}
