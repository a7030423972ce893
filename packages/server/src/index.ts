/** What the command line uses of the server. Nothing here loads the server itself until it is served. */
import type { Clock } from "./lib/clock.ts";
import type { ServeOptions } from "./main.ts";
import type { RunningServer } from "./server.ts";

export { bundleLimitsOf, configLines, type ConfigInput, loadConfig, printConfig, s3Of } from "./config/index.ts";
export {
  type Control,
  ControlError,
  type InputOf,
  openControl,
  type OperationName,
  type OutputOf,
} from "./control/index.ts";
export { backup, type BackupMade, type BackupStep, restore } from "./backup/index.ts";
export {
  bringUpToDate,
  hasStore,
  openReader,
  openSqliteReader,
  type SchemaState,
  schemaStateAt,
  type Scrubbed,
  scrubStore,
  storeFileOf,
  type StorePlace,
} from "./db/index.ts";
export { type Check, examine } from "./doctor/index.ts";
export { type Moved, MoveError, moveStore, type MoveStep } from "./moving/index.ts";
export { makeDataFolder } from "./lib/data-folder.ts";
export { systemClock } from "./lib/clock.ts";
export { type Inspected, verifyBundle } from "./bundles/index.ts";
export { blobStoreOf } from "./blobs/index.ts";
export { verify, type VerifyProgress } from "./verify/index.ts";
export type { ServeOptions } from "./main.ts";
export type { RunningServer } from "./server.ts";

/** Runs the server by its configuration until it is told to stop; answers the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  return (await import("./main.ts")).serve(options);
}

/** Starts a server for this process's own use: on a loopback port that the system picks, in development mode, silent. */
export async function startInside(options: { data: string; clock?: Clock }): Promise<RunningServer> {
  const [{ startServer }, { createLog }] = await Promise.all([import("./server.ts"), import("./lib/log.ts")]);
  return startServer({ ...options, listen: { host: "127.0.0.1", port: 0 }, dev: true, log: createLog("silent") });
}
