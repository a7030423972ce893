import assert from "node:assert/strict";
import { test } from "node:test";
import { openPostgres, openReader, systemClock } from "@stairwell/server/testing";
import { freshDatabase } from "@stairwell/testing";
import { ActorCache } from "../../../src/auth/index.ts";
import { runOperation } from "../../../src/control/operations.ts";
import { Statistics } from "../../../src/db/postgres/statistics.ts";
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

test("what is written while the tables are looked at is counted after it, though nothing more is written", async (t) => {
  const { url, drop } = await freshDatabase();
  const db = await openPostgres({ url, now: () => 0, isUnsafe: true });
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  class Slow extends Statistics {
    looks = 0;
    override async look(): Promise<void> {
      this.looks++;
      await super.look();
      if (this.looks === 1) await held;
    }
  }
  const statistics = new Slow({ url });
  t.after(async () => {
    await Promise.all([db.close(), statistics.close()]);
    await drop();
  });
  statistics.wroteMuch();
  statistics.wroteMuch();
  assert.equal(statistics.looks, 1);
  letGo();
  await until(async () => statistics.looks === 2);
});

test("what a database has that was put back is counted when that is said", async (t) => {
  const { url, drop } = await freshDatabase();
  t.after(drop);
  const open = () => openPostgres({ url, now: () => 0, isUnsafe: true });
  const before = await open();
  await before.write({ tenantNo: 1 }, (tx) => tx.run(FILL, 1, 3000));
  await before.close();
  const db = await open();
  await runOperation({ db, actors: new ActorCache(systemClock) }, "store.restored", {}, () => {});
  await db.close();
  const after = await openReader({ folder: "", url });
  const row = await after.get<{ rows: number }>("SELECT reltuples AS rows FROM pg_class WHERE relname = 'events'");
  await after.close();
  assert.equal(row!.rows, 3000);
});
