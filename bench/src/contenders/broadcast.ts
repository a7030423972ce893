import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";
import { startServer } from "./server-process.ts";

const MAIN = fileURLToPath(new URL("../limits/broadcast.ts", import.meta.url));

/** `ws` alone, in one of two ways: a limit to stand beside, no system to compare with. */
export function broadcast(how: "strings" | "joined"): Contender {
  return {
    name: how === "strings" ? "ws.send(string)" : "ws, joined writes",
    durability: "stores nothing",
    prepare: async (_folder, people) => Array.from({ length: people }, (_, index) => `p${index}`),
    serve: (_folder, cores) =>
      startServer(({ host, port }) => [process.execPath, MAIN, "--listen", `${host}:${port}`, "--how", how], cores),
  };
}
