import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openPostgres } from "@stairwell/server/testing";
import { PostgresCluster } from "./cluster.ts";
import { Desk } from "./desk.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../server/src/db/migrations/postgres");
/** Any number that nobody else takes. */
const TEMPLATE_LOCK = 7_482_910;

/** The server of this run: the one that was given, or one that is started when it is first asked for. */
let server: Promise<(database: string) => string> | undefined;

/** A database that nobody else uses. */
export interface TestDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** A database as the migrations make it, in a few milliseconds: a copy of one that they made. */
export async function freshDatabase(): Promise<TestDatabase> {
  const urlOf = await (server ??= givenServer() ?? ownServer());
  return created(urlOf, "test", `TEMPLATE ${await templateOn(urlOf)} STRATEGY file_copy`);
}

/** A copy of a database that nobody uses any more. */
export async function copiedDatabase({ url }: TestDatabase): Promise<TestDatabase> {
  const urlOf = await (server ??= givenServer() ?? ownServer());
  // The server waits for connections that are just ending.
  return created(urlOf, "copy", `TEMPLATE ${new URL(url).pathname.slice(1)} STRATEGY file_copy`);
}

/** A database without anything in it. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return created(await (server ??= givenServer() ?? ownServer()), "empty", "");
}

async function created(urlOf: (database: string) => string, kind: string, options: string): Promise<TestDatabase> {
  const name = `stairwell_${kind}_${randomBytes(8).toString("hex")}`;
  await Desk.at(urlOf("postgres")).asked((client) => client.query(`CREATE DATABASE ${name} ${options}`));
  return {
    url: urlOf(name),
    async drop() {
      await Desk.at(urlOf("postgres")).asked((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

function givenServer(): Promise<(database: string) => string> | undefined {
  const given = process.env["STAIRWELL_TEST_POSTGRES"] ?? process.env["DATABASE_URL"];
  if (given === undefined) return undefined;
  return Promise.resolve((database) => {
    const cut = given.lastIndexOf("/");
    return `${given.slice(0, cut)}/${database}`;
  });
}

async function ownServer(): Promise<(database: string) => string> {
  const cluster = await PostgresCluster.start();
  return (database) => cluster.url(database);
}

/** Made once for each set of migrations, whoever of several processes comes first. */
let template: Promise<string> | undefined;
function templateOn(urlOf: (database: string) => string): Promise<string> {
  return (template ??= Desk.at(urlOf("postgres")).asked(async (client) => {
    const name = `stairwell_template_${migrationsHash()}`;
    await client.query(`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`);
    try {
      const known = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
      if (known.rowCount === 0) {
        const draft = `${name}_draft`;
        await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${draft}`);
        const db = await openPostgres({ url: urlOf(draft), now: () => 0, isUnsafe: true });
        await db.close();
        await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
      }
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${TEMPLATE_LOCK})`);
    }
    return name;
  }));
}

function migrationsHash(): string {
  const sql = readdirSync(MIGRATIONS)
    .sort()
    .map((file) => readFileSync(join(MIGRATIONS, file)));
  return createHash("sha256").update(Buffer.concat(sql)).digest("hex").slice(0, 16);
}
