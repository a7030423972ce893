import assert from "node:assert/strict";
import { test } from "node:test";
import { openPostgres } from "@stairwell/server/testing";
import { freshDatabase } from "@stairwell/testing";
import { until } from "../../nodes/until.ts";

const FILL = `INSERT INTO events (tenant_no, room_no, position, seq, event_id, event_type, origin_ts, hub_ts, imported,
    ordinal, content_hash, hash)
  SELECT 1, 1, n, n, 'event ' || n, 'acme.note', 0, 0, 0, n, '', '' FROM generate_series(CAST($1 AS BIGINT), $2) AS n`;

test("a table that has doubled is counted anew while commands are written, and one that has not is left alone", async (t) => {
  const { url, drop } = await freshDatabase();
  const db = await openPostgres({ url, now: () => 0, isUnsafe: true });
  t.after(async () => {
    await db.close();
    await drop();
  });
  const countOf = async (table: string) => {
    const row = await db.get<{ rows: number }>("SELECT reltuples AS rows FROM pg_class WHERE relname = $1", table);
    return row!.rows;
  };
  const write = (commands: number) =>
    Promise.all(Array.from({ length: commands }, () => db.write({ tenantNo: 1, room: "one" }, async () => {})));
  const before = await countOf("events");
  const fill = (from: number, to: number) => db.write({ tenantNo: 1 }, (tx) => tx.run(FILL, from, to));
  await fill(1, 3000);
  await write(300);
  assert.equal(await countOf("events"), before, "too few commands to look");
  await write(300);
  await until(async () => (await countOf("events")) === 3000);
  await fill(3001, 3010);
  await fill(3011, 9000);
  await write(1000);
  await until(async () => (await countOf("events")) === 9000);
  assert(!((await countOf("rooms")) > 0), "an empty table is not counted");
});
