import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Contender } from "./contender.ts";
import { startServer } from "./server-process.ts";

const LAUNCHER = fileURLToPath(new URL("../../../bin/stairwell", import.meta.url));
const TENANT = "bench";

export const stairwell: Contender = {
  name: "stairwell",
  durability: "SQLite WAL, synchronous=FULL, group commit, answers after the sync",
  async prepare(folder, people) {
    await mkdir(folder, { recursive: true });
    await command(["tenant", "create", "--slug", TENANT, "--server-name", "bench.localhost", "--no-limits"], folder);
    const made = await command(["token", "create", "--tenant", TENANT, "--as-many", `p:${people}`], folder);
    return (JSON.parse(made) as { token: string }[]).map(({ token }) => token);
  },
  serve: (folder, cores) =>
    startServer(
      ({ host, port }) => [LAUNCHER, "serve", "--dev", "--listen", `${host}:${port}`, "--data", folder],
      cores,
    ),
};

async function command(words: readonly string[], folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(LAUNCHER, [...words, "--json", "--data", folder], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
