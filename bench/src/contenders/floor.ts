import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";
import { startServer } from "./server-process.ts";

const MAIN = fileURLToPath(new URL("../floor/main.ts", import.meta.url));

export const floor: Contender = {
  name: "floor",
  durability: "SQLite WAL, synchronous=FULL, group commit, answers after the sync",
  async prepare(folder, people) {
    await mkdir(folder, { recursive: true });
    return Array.from({ length: people }, (_, index) => `p${index}`);
  },
  serve: (folder, cores) =>
    startServer(({ host, port }) => [process.execPath, MAIN, "--listen", `${host}:${port}`, "--data", folder], cores),
};
