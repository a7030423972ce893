import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { storeOf } from "@stairwell/testing";
import { type Db, openPostgres, openSqlite } from "../../src/db/index.ts";
import type { Clock } from "../../src/lib/clock.ts";

/** A clock that moves when it is told to. */
export class SetClock implements Clock {
  /** Unix milliseconds; may be set back. */
  time = Date.UTC(2026, 0, 2, 3, 4, 5);
  #elapsed = 0;

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  advance(ms: number): void {
    this.time += ms;
    this.#elapsed += ms;
  }
}

/** A folder of its own for one test, removed after it. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty store for one test, of the engine that this run tests. */
export async function openStore(t: TestContext): Promise<{ db: Db; clock: SetClock; folder: string }> {
  const clock = new SetClock();
  const folder = tempFolder(t);
  const { url, release } = await storeOf(folder);
  const now = (): number => clock.now();
  const db = url === undefined ? openSqlite({ folder, now }) : await openPostgres({ url, now, isUnsafe: true });
  t.after(async () => {
    await db.close();
    await release();
  });
  return { db, clock, folder };
}
