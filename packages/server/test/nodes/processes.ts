import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freshDatabase } from "@stairwell/testing";
import { createTenant, NO_LIMITS, openPostgres } from "@stairwell/server/testing";
import { nodeFolder } from "./node-folder.ts";
import { NodeProcess } from "./node-process.ts";

/** Nodes in processes of their own on one database, by their names, and its rows. All are gone after the test. */
export async function startProcesses(t: TestContext, names: readonly string[]) {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "stairwell-processes-"));
  const db = await openPostgres({ url: database.url, now: () => Date.now(), isUnsafe: true });
  const nodes: NodeProcess[] = [];
  t.after(async () => {
    for (const node of nodes) await node.kill("SIGKILL");
    await db.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const tenant = { slug: "dev", serverName: "dev.localhost", limits: NO_LIMITS };
  await db.write("deployment", (tx) => createTenant(tx, tenant));
  for (const name of names)
    nodes.push(await NodeProcess.start({ data: nodeFolder(folder, name), store: database.url }));
  return { nodes, db };
}
