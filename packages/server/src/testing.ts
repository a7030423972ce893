/** What tests and tools of this repository start servers with. */
export { backup, restore } from "./backup/index.ts";
export { type BlobStore, blobStoreOf, type S3Options } from "./blobs/index.ts";
export {
  bringUpToDate,
  openPostgres,
  openReader,
  openSqlite,
  openSqliteReader,
  scrubStore,
  statements,
  storeFileOf,
} from "./db/index.ts";
export { type Checker, checkerOf } from "./lib/checker.ts";
export { type Clock, systemClock } from "./lib/clock.ts";
export { createLog } from "./lib/log.ts";
export { moveStore } from "./moving/index.ts";
export { type RunningServer, startServer } from "./server.ts";
export type { ServerOptions } from "./server-options.ts";
export { createTenant, DEFAULT_LIMITS, NO_LIMITS, type TenantLimits } from "./tenants/index.ts";
export { verify, type VerifyReport } from "./verify/index.ts";
