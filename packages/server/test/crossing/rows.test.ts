import assert from "node:assert/strict";
import { test } from "node:test";
import { routes } from "@stairwell/protocol/api";
import { type Ids, namingKeys, namingRoutes, ROWS } from "./rows.ts";

/** Each id is its own kind's name, so that a body shows what it names. */
const IDS: Ids = {
  room: "~room~",
  event: "~event~",
  participant: "~participant~",
  fqid: "~fqid~",
  workspace: "~workspace~",
  alias: "~alias~",
  token: "~token~",
  media: "~media~",
};

test("AP2 every route that names something has a row in the table of what is not to be seen", () => {
  for (const { route, rows } of namingRoutes()) {
    assert(rows.length > 0, `${route.operationId} has no row in crossing/rows.ts`);
    const told = rows.map((row) => ({ ...row.query?.(IDS), ...(row.body?.(IDS) as object) }));
    for (const key of namingKeys(route)) {
      assert(
        told.some((keys) => key in keys),
        `no row of ${route.operationId} has ${key}`,
      );
    }
    for (const row of rows) {
      const text = JSON.stringify([row.query?.(IDS), row.body?.(IDS)]);
      const named = new Set([...text.matchAll(/~(\w+)~/g)].map(([, kind]) => kind));
      assert.deepEqual(named, new Set(row.names), `${route.operationId} names other kinds than it says`);
    }
  }
});

test("AP2 every row of the table is of a route that there is", () => {
  const known = new Set(routes.map((route) => route.operationId));
  for (const operationId of Object.keys(ROWS)) assert(known.has(operationId), `${operationId} is no route`);
});
