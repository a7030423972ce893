/** The rows of an embedded store, moved to PostgreSQL. */
export type { Mark } from "./mark.ts";
export { MoveTarget, type SecretRow, type Standing } from "./target.ts";
