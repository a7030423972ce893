import type { TestContext } from "node:test";
import { ENGINE, storeOf } from "@stairwell/testing";
import { type Db, openPostgres, openSqlite } from "../../src/db/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tempFolder } from "../support/store.ts";

/** How a store is opened for a test; `again` opens another handle on the same rows, after it closed the one before. */
export interface Opened {
  readonly db: Db;
  readonly again: () => Promise<Db>;
}

/** An empty store of the engine that this run tests. */
export async function openEngine(
  t: TestContext,
  options: { now?: () => number; onGroup?: (commands: number) => void } = {},
): Promise<Opened> {
  const { now = () => systemClock.now(), onGroup } = options;
  const folder = tempFolder(t);
  const { url, release } = await storeOf(folder);
  let db: Db | undefined;
  t.after(async () => {
    await db?.close();
    await release();
  });
  const again = async (): Promise<Db> => {
    await db?.close();
    db =
      url === undefined
        ? openSqlite({ folder, now, onGroup })
        : await openPostgres({ url, now, onGroup, isUnsafe: true });
    return db;
  };
  return { db: await again(), again };
}

export { ENGINE };
