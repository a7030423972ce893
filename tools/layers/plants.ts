const SERVER = "packages/server/src";

/** A breach of each rule, as files to be added to a lawful tree. Every one of them must be reported, by that rule. */
export const PLANTS: Readonly<Record<string, readonly (readonly [path: string, text: string])[]>> = {
  "protocol-alone": [
    ["packages/protocol/src/a.ts", `import { createHash } from "node:crypto";`],
    ["packages/protocol/src/b.ts", `import type { Fold } from "canonicalize";`],
    ["packages/protocol/src/c.ts", `export { openServer } from "@stairwell/server";`],
  ],
  "protocol-pure": [
    ["packages/protocol/src/a.ts", `export const now = Date.now();`],
    ["packages/protocol/src/b.ts", `export const now = new Date();`],
    ["packages/protocol/src/c.ts", "export const id = `room-${Math.random()}`;"],
    ["packages/protocol/src/d.ts", `export const id = crypto.randomUUID();`],
  ],
  "client-protocol-only": [
    ["packages/client/src/a.ts", `import { readFile } from "node:fs/promises";`],
    ["packages/client/src/b.ts", `import { fetch } from "undici";`],
    ["packages/client/src/c.ts", `import type { Server } from "@stairwell/server";`],
  ],
  "faces-client-only": [
    ["packages/web/src/app.tsx", `import { limits } from "@stairwell/server";`],
    ["packages/mcp/src/a.ts", `const { start } = await import("@stairwell/testing");`],
  ],
  "cli-public-entry": [
    ["packages/cli/src/a.ts", `import { TestServer } from "@stairwell/testing";`],
    ["packages/cli/src/b.ts", `import { migrate } from "@stairwell/server/db";`],
  ],
  "testing-public-entry": [["packages/testing/src/a.ts", `import { Log } from "@stairwell/server/events";`]],
  "server-protocol-only": [[`${SERVER}/lib/a.ts`, `import { connect } from "@stairwell/client";`]],
  "packages-by-name": [
    ["packages/cli/src/a.ts", `import { openServer } from "../../server/src/server.ts";`],
    ["bench/src/a.test.ts", `import { decide } from "../../packages/protocol/src/room/decide.ts";`],
  ],
  "imports-readable": [
    [`${SERVER}/lib/a.ts`, `export const load = (name: string) => import(name);`],
    [`${SERVER}/lib/b.ts`, "export const load = (name: string) => import(`./${name}.ts`);"],
  ],
  "tests-unimported": [
    [`${SERVER}/lib/a.ts`, `import { seed } from "./b.test.ts";`],
    [`${SERVER}/lib/c.ts`, `import { seed } from "../../test/seed.ts";`],
    ["packages/server/test/d.test.ts", `import { seed } from "./e.test.ts";`],
  ],
  "known-folder": [
    [`${SERVER}/utils/a.ts`, `export {};`],
    [`${SERVER}/helpers.ts`, `export {};`],
  ],
  "composition-root": [
    [`${SERVER}/rooms/a.ts`, `import { openServer } from "../server.ts";`],
    [`${SERVER}/http/a.ts`, `import { openServer } from "../index.ts";`],
    [`${SERVER}/control/a.ts`, `import { buildDoors } from "../doors.ts";`],
    [`${SERVER}/server.ts`, `import { buildLog } from "./build-log.ts";`],
    [`${SERVER}/server.ts`, `import "./main.ts";`],
  ],
  "main-small": [[`${SERVER}/main.ts`, `import { openSqlite } from "./db/index.ts";`]],
  "ground-low": [
    [`${SERVER}/lib/a.ts`, `import type { Room } from "../rooms/index.ts";`],
    [`${SERVER}/lib/b.ts`, `import { openSqlite } from "../db/index.ts";`],
    [`${SERVER}/db/a.ts`, `import { perform } from "../receipts/index.ts";`],
    [`${SERVER}/receipts/a.ts`, `import type { Actor } from "../auth/index.ts";`],
    [`${SERVER}/config/a.ts`, `import { mounts } from "../http/mounts.ts";`],
  ],
  "events-low": [
    [`${SERVER}/events/a.ts`, `import type { Room } from "../rooms/index.ts";`],
    [`${SERVER}/events/b.ts`, `import { findTenant } from "../tenants/index.ts";`],
    [`${SERVER}/events/c.ts`, `import type { Actor } from "../auth/index.ts";`],
  ],
  "domain-order": [
    [`${SERVER}/members/c.ts`, `import { createRoom } from "../rooms/index.ts";`],
    [`${SERVER}/tenants/a.ts`, `import type { Log } from "../events/index.ts";`],
    [`${SERVER}/members/a.ts`, `import { wake } from "../stream/index.ts";`],
    [`${SERVER}/members/b.ts`, `import { command } from "../http/endpoint.ts";`],
  ],
  "folder-door": [
    [`${SERVER}/members/a.ts`, `import { findRoom } from "../rooms/rooms.store.ts";`],
    [`${SERVER}/stream/a.ts`, `import type { Row } from "../events/events.store.ts";`],
    [`${SERVER}/http/a.ts`, `import { listRooms } from "../rooms/rooms.store.ts";`],
    [`${SERVER}/index.ts`, `export { Log } from "./events/append.ts";`],
    [`${SERVER}/media/a.ts`, `new Worker(new URL("../search/find.ts", import.meta.url));`],
  ],
  "doors-apart": [
    [`${SERVER}/stream/a.ts`, `import { send } from "../federation/index.ts";`],
    [`${SERVER}/bundles/a.ts`, `import type { Session } from "../stream/index.ts";`],
  ],
  "sql-in-stores": [
    [`${SERVER}/rooms/a.ts`, `export const all = "SELECT room_id FROM rooms";`],
    [`${SERVER}/rooms/b.ts`, "export const set = (column: string) => `\n  UPDATE rooms SET ${column} = 1`;"],
    [`${SERVER}/rooms/c.ts`, `export const drop = 'delete from rooms';`],
    [`${SERVER}/rooms/d.ts`, `db.exec("BEGIN");`],
    [`${SERVER}/rooms/e.ts`, `db.exec("PRAGMA wal_checkpoint");`],
    [`${SERVER}/rooms/f.ts`, `export const tree = "WITH RECURSIVE up AS (";`],
  ],
  "log-inserts-alone": [
    [`${SERVER}/bundles/bundles.store.ts`, `export const put = "INSERT INTO events VALUES ($1)";`],
    [`${SERVER}/db/a.ts`, "export const put = `INSERT OR IGNORE INTO\n  events (seq) VALUES ($1)`;"],
  ],
  "log-insert-private": [[`${SERVER}/events/a.ts`, `import { insertEvent } from "./events.store.ts";`]],
  "web-framework": [
    [`${SERVER}/rooms/a.ts`, `import type { FastifyReply } from "fastify";`],
    [`${SERVER}/federation/a.ts`, `import { WebSocket } from "ws";`],
    [`${SERVER}/server.ts`, `import cors from "@fastify/cors";`],
  ],
  "environment-in-config": [
    [`${SERVER}/lib/a.ts`, `export const level = process.env.STAIRWELL_LOG_LEVEL;`],
    [`${SERVER}/main.ts`, `import { env } from "node:process";`],
    ["packages/client/src/a.ts", `export const url = process.env["STAIRWELL_URL"];`],
  ],
  "cli-environment": [
    ["packages/cli/src/a.ts", `export const folder = process.env.HOME;`],
    ["packages/cli/src/b.ts", `export const { STAIRWELL_URL } = process.env;`],
  ],
  "time-in-clock": [
    [`${SERVER}/rooms/a.ts`, `export const now = () => Date.now();`],
    [`${SERVER}/lib/a.ts`, "export const line = () => `{${new Date().toISOString()}}`;"],
    [`${SERVER}/http/a.ts`, `export const started = performance.now();`],
    [`${SERVER}/http/b.ts`, `export const today = Date();`],
    [`${SERVER}/http/c.ts`, `export const today = new Date;`],
  ],
  "time-not-in-sql": [
    [`${SERVER}/rooms/rooms.store.ts`, `export const old = "DELETE FROM rooms WHERE at < unixepoch()";`],
    [`${SERVER}/auth/auth.store.ts`, `export const mark = "UPDATE tokens SET used_at = CURRENT_TIMESTAMP";`],
  ],
  "subqueries-have-names": [
    [`${SERVER}/rooms/d.store.ts`, `export const count = "SELECT count(*) FROM (SELECT (1) FROM rooms)";`],
    [`${SERVER}/rooms/e.store.ts`, "export const all = (of: string) => `SELECT 1 FROM (${of}) WHERE tenant_no = $1`;"],
    [`${SERVER}/rooms/f.store.ts`, "export const all = `SELECT 1 FROM rooms r JOIN (\n  SELECT 1) ON true`;"],
  ],
  "no-cycles": [
    [`${SERVER}/lib/d.ts`, `import { c } from "./c.ts"; export const d = () => c();`],
    ["packages/protocol/src/a.ts", `export * from "./a.ts";`],
  ],
};

/** Files that come near to every rule and break none. */
export const LAWFUL: ReadonlyMap<string, string> = new Map([
  ["packages/protocol/src/index.ts", `import { Type } from "typebox"; import { Value } from "typebox/value";`],
  [
    "packages/protocol/src/time.ts",
    `/** Not Date.now(). */\nexport const at = (ms: number) => new Date(ms); // import "node:fs"`,
  ],
  ["packages/protocol/src/time.test.ts", `import { test } from "node:test"; Math.random();`],
  [
    "packages/client/src/index.ts",
    `import type { RoomId } from "@stairwell/protocol"; import "@stairwell/protocol/api";`,
  ],
  [
    "packages/web/src/app.tsx",
    `import { useState } from "react"; export const a = <p title="x">don't</p>;\nimport "@stairwell/client";`,
  ],
  ["packages/cli/src/main.ts", `import { openServer } from "@stairwell/server"; connect(process.env.STAIRWELL_URL);`],
  ["packages/testing/src/index.ts", `import { openServer } from "@stairwell/server"; const env = process.env;`],
  [
    "packages/server/test/rooms.test.ts",
    `import "@stairwell/testing"; import "./seed.ts"; import "../src/rooms/rooms.store.ts";`,
  ],
  [`${SERVER}/main.ts`, `import { openServer } from "./server.ts"; import { read } from "./config/index.ts";`],
  [`${SERVER}/index.ts`, `export { openServer } from "./server.ts"; export type { Tenant } from "./tenants/index.ts";`],
  [`${SERVER}/server.ts`, `import "./rooms/index.ts"; import "./http/app.ts"; import "./stream/index.ts";`],
  [`${SERVER}/config/index.ts`, `export const read = () => process.env;`],
  [`${SERVER}/lib/clock.ts`, `export const now = () => Date.now();`],
  [`${SERVER}/lib/b.ts`, `import type { A } from "./a.ts"; export const b = 1 / 2; export const q = /["'\`]/g;`],
  [`${SERVER}/lib/c.ts`, `import { d } from "./d.ts"; export const c = () => d();`],
  [`${SERVER}/db/sqlite.ts`, `import { now } from "../lib/clock.ts"; db.exec("BEGIN IMMEDIATE");`],
  [`${SERVER}/receipts/index.ts`, `import type { Db } from "../db/index.ts";`],
  [`${SERVER}/events/events.store.ts`, `export const insertEvent = (tx) => tx.run("INSERT INTO events VALUES ($1)");`],
  [
    `${SERVER}/events/append.ts`,
    `import { insertEvent } from "./events.store.ts"; import type { Tenant } from "../tenants/index.ts";`,
  ],
  [
    `${SERVER}/rooms/rooms.store.ts`,
    `export const all = "SELECT room_id FROM rooms"; const q = "INSERT INTO events_seen";`,
  ],
  [
    `${SERVER}/rooms/counts.store.ts`,
    "export const n = (of: string) => `SELECT (SELECT count(*) FROM (${of}) AS f) FROM (SELECT (1)) g JOIN (${of}\n) AS h`;",
  ],
  [
    `${SERVER}/rooms/create.ts`,
    `import { Log } from "../events/index.ts"; import { perform } from "../receipts/index.ts";`,
  ],
  [
    `${SERVER}/rooms/rooms.routes.ts`,
    `import { command } from "../http/endpoint.ts"; import type { FastifyInstance } from "fastify";`,
  ],
  [
    `${SERVER}/rooms/text.ts`,
    `export const says = ["select a room", "Update of the topic", "with care"]; const method = "DELETE";`,
  ],
  [`${SERVER}/http/app.ts`, `import Fastify from "fastify"; import { routes } from "../rooms/rooms.routes.ts";`],
  [`${SERVER}/stream/index.ts`, `import { WebSocketServer } from "ws"; import { Log } from "../events/index.ts";`],
  [
    `${SERVER}/control/index.ts`,
    `import { openServer } from "../server.ts"; import { createTenant } from "../tenants/index.ts";`,
  ],
]);
