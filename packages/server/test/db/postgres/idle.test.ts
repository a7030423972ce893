import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { freshDatabase } from "@stairwell/testing";

test(
  "connections that have nothing to do keep no process alive, and every statement is answered before one ends",
  { timeout: 60_000 },
  async (t) => {
    const { url, drop } = await freshDatabase();
    t.after(drop);
    const program = `
    import { openPostgres } from ${JSON.stringify(join(import.meta.dirname, "../../../src/db/index.ts"))};
    const db = await openPostgres({ url: ${JSON.stringify(url)}, now: () => 0, isUnsafe: true });
    await db.write({ tenantNo: 1 }, (tx) => tx.run("DELETE FROM spent_tickets"));
    await db.snapshot((reader) => reader.get("SELECT pg_sleep(0.1)"));
    console.log((await db.get("SELECT 'answered' AS word")).word);
  `;
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript", "--eval", program];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    assert.deepEqual([said, code], ["answered\n", 0]);
  },
);
