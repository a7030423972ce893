import type { TestContext } from "node:test";
import { ActorCache } from "../../src/auth/index.ts";
import { type Control, openControl, startControlServer } from "../../src/control/index.ts";
import { openSqlite } from "../../src/db/index.ts";
import { systemClock } from "../../src/lib/clock.ts";

/** The operations on the store itself, for one test. */
export async function openDirect(t: TestContext, folder: string): Promise<Control> {
  const control = await openControl(folder, { create: true });
  t.after(() => control.close());
  return control;
}

/** A server that holds the folder and listens for commands, for one test. */
export async function startServer(t: TestContext, folder: string, faults: unknown[] = []) {
  const db = openSqlite({ folder, now: () => systemClock.now() });
  const actors = new ActorCache(systemClock);
  const server = await startControlServer(folder, { db, actors }, (error) => faults.push(error));
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.close().then(() => db.close()));
  t.after(stop);
  return { db, actors, stop };
}
