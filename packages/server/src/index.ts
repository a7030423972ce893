/** What the command line uses of the server. Nothing here loads the server itself until it is served. */
import type { ServeOptions } from "./main.ts";

export { configLines, type ConfigInput, loadConfig, printConfig } from "./config/index.ts";
export {
  type Control,
  ControlError,
  type InputOf,
  openControl,
  type OperationName,
  type OutputOf,
} from "./control/index.ts";
export { hasStore, openSqliteReader } from "./db/index.ts";
export { verify } from "./verify/index.ts";
export type { ServeOptions } from "./main.ts";
export type { RunningServer } from "./server.ts";

/** Runs the server by its configuration until it is told to stop; answers the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  return (await import("./main.ts")).serve(options);
}
