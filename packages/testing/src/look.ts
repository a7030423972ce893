import type { RunningServer } from "@stairwell/server/testing";
import { ENGINE } from "./postgres/store-of.ts";

type Reader = Pick<RunningServer["db"], "all">;

/** The names of all tables of a store, in order. */
export async function tablesOf(reader: Reader): Promise<string[]> {
  const sql =
    ENGINE === "sqlite"
      ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
      : "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1";
  return (await reader.all<{ name: string }>(sql)).map(({ name }) => name);
}

/** A text that changes with every commit that writes. */
export async function versionOf(reader: Reader): Promise<string> {
  if (ENGINE === "sqlite") return JSON.stringify(await reader.all("PRAGMA data_version"));
  const tables = await tablesOf(reader);
  const each = tables.map(
    (name) => `SELECT count(*) AS rows, sum(hashtext(xmin::text || ctid::text)) AS seen FROM ${name}`,
  );
  return JSON.stringify(await reader.all(each.join(" UNION ALL ")));
}
