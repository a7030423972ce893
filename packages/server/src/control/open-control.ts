import { setTimeout as wait } from "node:timers/promises";
import { ActorCache } from "../auth/index.ts";
import {
  type Db,
  FolderTakenError,
  hasStore,
  mustNotBeMoved,
  openPostgres,
  openReader,
  openSqlite,
} from "../db/index.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import type { Control } from "./control.ts";
import { ControlError, controlErrorOf } from "./control-error.ts";
import { type OutputOf, runOperation } from "./operations.ts";
import { connectRunning } from "./running-control.ts";

/** A server that is starting holds the folder before it listens, and another command holds it for a moment. */
const PATIENCE_MS = 5000;
const RETRY_MS = 25;

/**
 * The operations of a data folder: by the server that runs on it, or on the store itself. `ControlError` when there is
 * no store there (unless `create` is set), and when another process holds it and does not listen; `StoreMovedError` when
 * it was moved away. Where `url` names a PostgreSQL database it is that one, whatever runs on the folder; `StoreMissingError`
 * where it has none.
 */
export async function openControl(
  folder: string,
  { create = false, url, clock = systemClock }: { create?: boolean; url?: string | undefined; clock?: Clock } = {},
): Promise<Control> {
  const now = () => clock.now();
  // Beside its servers: there is one writer a tenant at a time, whoever writes.
  if (url !== undefined) {
    // A store would be made else in whatever database a slip has named.
    if (!create) await (await openReader({ folder, url })).close();
    return direct(await openPostgres({ url, now }), clock);
  }
  const deadline = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const running = await connectRunning(folder);
    if (running !== undefined) return running;
    mustNotBeMoved(folder);
    if (!create && !hasStore(folder)) {
      throw new ControlError(
        "not_found",
        `There is no store in ${folder}: name its folder with --data, or make one with 'stairwell tenant create'.`,
      );
    }
    try {
      return direct(openSqlite({ folder, now }), clock);
    } catch (error) {
      if (!(error instanceof FolderTakenError)) throw error;
      if (clock.monotonic() >= deadline) throw new ControlError("failed", error.message);
    }
    await wait(RETRY_MS);
  }
}

function direct(db: Db, clock: Clock): Control {
  const parts = { db, actors: new ActorCache(clock) };
  return {
    async run(name, input, onProgress = () => {}) {
      try {
        return (await runOperation(parts, name, input, onProgress)) as OutputOf<typeof name>;
      } catch (error) {
        throw controlErrorOf(error) ?? error;
      }
    },
    close: () => db.close(),
  };
}
