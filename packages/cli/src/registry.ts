import type { CommandEntry } from "./command.ts";

/** Every command, in the order of the help. A module is loaded when its command is called, so that help stays fast. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "serve", summary: "run the server", load: () => import("./commands/serve.ts"), isServer: true },
  { name: "tenant", summary: "make tenants, bound, list and suspend them", load: () => import("./commands/tenant.ts") },
  {
    name: "participant",
    summary: "make people, bots and agents, let them in no more",
    load: () => import("./commands/participant.ts"),
  },
  { name: "role", summary: "give and take the role of a tenant's admin", load: () => import("./commands/role.ts") },
  { name: "token", summary: "mint access tokens", load: () => import("./commands/token.ts") },
  {
    name: "room",
    summary: "open direct rooms, export rooms as files, and import them",
    load: () => import("./commands/room.ts"),
  },
  { name: "bundle", summary: "check exported rooms", load: () => import("./commands/bundle.ts") },
  { name: "admin", summary: "administer a tenant through its server's API", load: () => import("./commands/admin.ts") },
  {
    name: "federation",
    summary: "show and change the keys by which servers know each other",
    load: () => import("./commands/federation.ts"),
  },
  { name: "audit", summary: "show who did what to whom", load: () => import("./commands/audit.ts") },
  {
    name: "verify",
    summary: "check that every log, projection and chain agrees",
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "backup",
    summary: "copy a data folder while its server runs",
    load: () => import("./commands/backup.ts"),
  },
  { name: "restore", summary: "make a data folder of a backup", load: () => import("./commands/restore.ts") },
  {
    name: "restored",
    summary: "say that the store is an older copy of itself",
    load: () => import("./commands/restored.ts"),
  },
  { name: "migrate", summary: "bring a store up to date without serving", load: () => import("./commands/migrate.ts") },
  {
    name: "migrate-store",
    summary: "move a store from its folder to PostgreSQL and S3",
    load: () => import("./commands/migrate-store.ts"),
  },
  {
    name: "scrub",
    summary: "take deleted bytes out of PostgreSQL's files",
    load: () => import("./commands/scrub.ts"),
  },
  { name: "doctor", summary: "look at what a server rests on", load: () => import("./commands/doctor.ts") },
  { name: "config", summary: "show and check the configuration", load: () => import("./commands/config.ts") },
  {
    name: "demo",
    summary: "start a server with a small company in it",
    load: () => import("./demo/command.ts"),
    isServer: true,
  },
  { name: "replay", summary: "play a conversation file into a room", load: () => import("./replay/command.ts") },
];
