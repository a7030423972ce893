import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import type { Actor } from "../../src/auth/index.ts";
import { Staging } from "../../src/blobs/index.ts";
import { type Db, openSqlite } from "../../src/db/index.ts";
import { buildDoor, callerBehind, type Door, type DoorParts, FailedSignIns, SendRates } from "../../src/http/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { madeUpEndpoints, type Notebook } from "./made-up.ts";

/** A door of made-up calls over a real store, listening on a free port. */
export interface Stand extends Door {
  url: string;
  port: number;
  folder: string;
  db: Db;
  book: Notebook;
  rates: SendRates;
  /** What was logged, level and facts. */
  lines: { level: string; facts: Record<string, unknown>; message: string }[];
  /** Sends a request by `fetch` with alice's token, unless `headers` say otherwise. */
  ask: (method: string, path: string, options?: Ask) => Promise<Got>;
  /** Sends bytes as they are and reads until the other side closes. */
  raw: (bytes: string | Buffer) => Promise<string>;
}

export interface Ask {
  body?: NonNullable<RequestInit["body"]>;
  json?: unknown;
  headers?: Record<string, string>;
  token?: string | null;
}

export interface Got {
  status: number;
  headers: Headers;
  text: string;
  /** Of a success. */
  data: unknown;
  meta: unknown;
  /** Of a failure. */
  error: { code: string; message: string; details?: unknown; rule?: string; request_id: string };
}

/** Tokens are `NAME` or `NAME:scope,scope`; `admin` and nobody else has the role. */
export function actorNamed(token: string, limits: Partial<Actor["tenant"]["limits"]> = {}): Actor {
  const [name = "", scopes = "read,write,admin"] = token.split(":");
  const known = ["alice", "bob", "admin", "limited"];
  if (!known.includes(name))
    throw new StairwellError(name === "old" ? "SW_AUTH_EXPIRED_TOKEN" : "SW_AUTH_INVALID_TOKEN");
  const tenant = {
    tenantNo: 1,
    tenantId: "tnt-1",
    slug: "acme",
    name: "Acme",
    serverName: "acme.example",
    limits: {
      max_participants: null,
      max_rooms: null,
      max_accounts: null,
      max_storage_bytes: null,
      open_invites: null,
    },
    suspendedAt: null,
  };
  const send_rate = name === "limited" ? { per_second: 1, burst: 3 } : null;
  return {
    tenant: { ...tenant, limits: { ...tenant.limits, send_rate, ...limits } },
    participantNo: known.indexOf(name) + 1,
    participantId: `prt-${name}`,
    localId: name,
    fqid: `@${name}:acme.example`,
    participantType: "human",
    isAdmin: name === "admin",
    scopes: new Set(scopes.split(",") as Scope[]),
    tokenId: null,
  } as unknown as Actor;
}

export async function openStand(
  t: TestContext,
  options: Partial<DoorParts> | ((db: Db) => Partial<DoorParts>) = {},
): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-http-"));
  const db = openSqlite({ folder, now: () => Date.now() });
  const book = madeUpEndpoints(db);
  const lines: Stand["lines"] = [];
  const line = (level: string) => (facts: object, message: string) =>
    lines.push({ level, facts: { ...facts }, message });
  const rates = new SendRates(systemClock);
  const door = buildDoor({
    endpoints: book.endpoints,
    authenticate: (token) =>
      token.startsWith("later-") ? Promise.resolve().then(() => actorNamed(token.slice(6))) : actorNamed(token),
    callerOf: callerBehind(undefined),
    db,
    staging: await Staging.open(join(folder, "staging")),
    clock: systemClock,
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
    secret: Buffer.alloc(32, "secret"),
    rates,
    failedSignIns: new FailedSignIns(300, systemClock),
    dev: false,
    logRequests: false,
    isReady: () => Promise.resolve(),
    metrics: { token: null, sources: [] },
    publicUrl: null,
    ...(typeof options === "function" ? options(db) : options),
  });
  const url = await door.app.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await door.draining.start(door.app, 100);
    await db.close();
    rmSync(folder, { recursive: true });
  });
  const port = Number(new URL(url).port);
  return { ...door, url, port, folder, db, book, rates, lines, ask: asker(url), raw: rawAsker(port) };
}

function asker(url: string): Stand["ask"] {
  return async (method, path, { body, json, headers = {}, token = "alice" } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
      redirect: "manual",
    });
    const text = await response.text();
    const parsed = (text.startsWith("{") ? JSON.parse(text) : {}) as Pick<Got, "data" | "meta" | "error">;
    return { ...parsed, status: response.status, headers: response.headers, text };
  };
}

function rawAsker(port: number): Stand["raw"] {
  return (bytes) =>
    new Promise((resolve) => {
      const parts: Buffer[] = [];
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (part) => parts.push(part));
      // A reset after the answer is as good an end as any; what matters is what came before it.
      socket.on("error", () => {});
      socket.on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
    });
}
