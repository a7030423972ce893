import type { RunningServer } from "@stairwell/server/testing";
import { ENGINE } from "./postgres/store-of.ts";

type Reader = Pick<RunningServer["db"], "all">;

/** What nodes write for themselves: by their clock, whatever anybody asks, and after the answer is out. */
const OF_NODES = new Set(["leases", "nodes", "places"]);

/** The names of a store's tables that are not the nodes' own, in order. */
export async function tablesOf(reader: Reader): Promise<string[]> {
  const sql =
    ENGINE === "sqlite"
      ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
      : "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1";
  return (await reader.all<{ name: string }>(sql)).map(({ name }) => name).filter((name) => !OF_NODES.has(name));
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
