import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Contender } from "./contender.ts";
import { startServer } from "./server-process.ts";

const TENANT = "bench";

/** The Stairwell of a checkout, started as people start it. */
export function stairwellIn(
  checkout: string,
  name = "stairwell",
  environment: Readonly<Record<string, string>> = {},
): Contender {
  const launcher = join(checkout, "bin", "stairwell");
  async function command(words: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(launcher, [...words, "--json"], {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...environment },
    });
    return stdout;
  }
  return {
    name,
    durability: "SQLite WAL, synchronous=FULL, group commit, answers after the sync",
    async prepare(folder, people) {
      await mkdir(folder, { recursive: true });
      const tenant = ["--slug", TENANT, "--server-name", "bench.localhost", "--no-limits"];
      await command(["tenant", "create", ...tenant, "--data", folder]);
      const made = await command(["token", "create", "--tenant", TENANT, "--as-many", `p:${people}`, "--data", folder]);
      return (JSON.parse(made) as { token: string }[]).map(({ token }) => token);
    },
    serve: (folder, cores) =>
      startServer(
        ({ host, port }) => [launcher, "serve", "--dev", "--listen", `${host}:${port}`, "--data", folder],
        cores,
        environment,
      ),
    command,
  };
}
