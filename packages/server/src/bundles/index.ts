/** Rooms as files: export and import. */
export { type ExportParts, exportRoutes } from "./export.routes.ts";
export { startForgetting } from "./forget.ts";
export { importRoutes, type ImportRouteParts } from "./import.routes.ts";
export { Leftovers } from "./leftovers.ts";
export { inspectBundle, type Inspected } from "./inspect.ts";
export { Archive } from "./zip/archive.ts";
export { verifyBundle, type VerifyBundleOptions } from "./verify-file.ts";
