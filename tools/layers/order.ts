/** What knows no domain: each may import those before it. */
export const GROUND = ["lib", "bus", "config", "db", "nodes", "blobs", "receipts"] as const;

/**
 * The domain folders of the server, in their one fixed order: each may import those before it, by their `index.ts`.
 * `events` is the log, and knows of those before it only the types of `tenants`.
 * `state` keeps the rows that commands are decided by: rooms and members as the fold of their logs.
 */
export const DOMAIN = [
  "audit",
  "tenants",
  "peers",
  "auth",
  "tokens",
  "participants",
  "workspaces",
  "events",
  "amendments",
  "state",
  "media",
  "reading",
  "members",
  "rooms",
  "messages",
  "inbox",
  "directory",
  "search",
  "admin",
] as const;

/** Ways into the server that end in the log; they know the domain, not each other. */
export const DOORS = ["stream", "federation", "bundles", "control", "verify", "backup", "moving", "doctor"] as const;

/** The door that mounts everybody's routes. */
export const HTTP = "http";

/** All that may lie at the root of the server. */
export const ROOT_FILES = [
  "main.ts",
  "server.ts",
  "server-options.ts",
  "ground.ts",
  "doors.ts",
  "build-core.ts",
  "build-endpoints.ts",
  "build-entry.ts",
  "build-log.ts",
  "index.ts",
  "testing.ts",
] as const;
