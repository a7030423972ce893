/** An embedded store, moved to PostgreSQL and a bucket. */
export { MoveError } from "./move-error.ts";
export { type Moved, moveStore, type MoveOptions } from "./move-store.ts";
export type { MoveStep } from "./step.ts";
