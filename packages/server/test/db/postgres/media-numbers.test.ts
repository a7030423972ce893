import assert from "node:assert/strict";
import { test } from "node:test";
import type { MediaId } from "@stairwell/protocol";
import { emptyDatabase } from "@stairwell/testing";
import type { Tx } from "../../../src/db/index.ts";
import { insertMedium } from "../../../src/media/media.store.ts";
import { openOn } from "./stores.ts";

test("a medium is numbered without a look at all others", async (t) => {
  const { url, drop } = await emptyDatabase();
  t.after(drop);
  const db = await openOn(t, url);
  const said = { name: "a", sha256: "0".repeat(64), mimeType: "text/plain", width: null, height: null };
  const asked: string[] = [];
  const numbers = await db.write("deployment", async (tx) => {
    const get: Tx["get"] = (sql, ...values) => {
      asked.push(sql);
      return tx.get(sql, ...values);
    };
    const watched = { get, run: tx.run.bind(tx), now: tx.now } as Tx;
    const common = { blobNo: null, roomNo: 0, key: null, said, uploaderNo: 1, thumbnailOf: null };
    const insert = (tenantNo: number) =>
      insertMedium(watched, { ...common, tenantNo, mediaId: `med-${tenantNo}` as MediaId });
    return [await insert(2), await insert(1), await insert(3)];
  });
  assert.deepEqual(numbers, [1, 2, 3]);
  const plan = await db.all<Record<string, string>>(`EXPLAIN ${asked[0]!}`);
  assert.match(
    plan.map((row) => row["QUERY PLAN"]).join("\n"),
    /Limit.*\n.*Index Only Scan Backward using media_by_no/,
  );
});
