import assert from "node:assert/strict";
import { test } from "node:test";
import { countAllRooms, listAllRooms } from "../../src/admin/rooms.store.ts";
import { countParticipants, countRooms } from "../../src/admin/stats.store.ts";
import { findNewest, listRecords, listRecordsOfLog } from "../../src/audit/audit.store.ts";
import type { Reader, Value } from "../../src/db/index.ts";
import { hasOtherAdmin } from "../../src/participants/participants.store.ts";
import { listInvitesBy, listRoomNosOf } from "../../src/state/index.ts";
import { openStore } from "../support/store.ts";

/** A step that looks at every row of a table (`found` is what a count stops at); or that sorts before the first of a page. */
const WALK = /^SCAN (?!found$)|TEMP B-TREE FOR ORDER BY/;

test("no list or count of administration walks a table, and what is counted in full is counted in an index", async (t) => {
  const { db } = await openStore(t);
  const plans = new Map<string, string[]>();
  const planner: Reader = {
    async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
      const steps = await db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
      plans.set(
        sql,
        steps.map(({ detail }) => detail),
      );
      return [];
    },
    async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
      await planner.all(sql, ...values);
      return sql.startsWith("SELECT count") ? ({ n: 0 } as Row) : undefined;
    },
  };
  const room = { tenantNo: 1, roomNo: 3, roomId: "room" as never };
  const actor = "@alice:acme.example";
  for (const filter of [{}, { action: "member.ban" as const }, { actor }, { target: actor }, { roomId: "room" }]) {
    await listRecords(planner, 1, filter, undefined, 9);
    await listRecords(planner, 1, { ...filter, from: 5, to: 9 }, 7, 9);
  }
  await findNewest(planner, 1);
  await listRecordsOfLog(planner, 1, "room");
  for (const filter of [{}, { type: "dm" as const, state: "open" as const }, { q: "a" }]) {
    await listAllRooms(planner, 1, filter, 7, 9);
    await countAllRooms(planner, 1, filter);
  }
  await hasOtherAdmin(planner, 1, 2);
  await listInvitesBy(planner, room, actor as never, 9);
  await listRoomNosOf(planner, 1, 2, 0, 9);
  await countParticipants(planner, 1);
  await countRooms(planner, 1);
  assert(plans.size >= 20, `only ${plans.size} statements were seen`);
  const walks = [...plans].filter(([, steps]) => steps.some((step) => WALK.test(step)));
  assert.deepEqual(walks, []);
  const counts = [...plans].filter(([sql]) => sql.includes("GROUP BY"));
  assert.equal(counts.length, 2);
  for (const [sql, steps] of counts) assert.match(steps[0]!, /COVERING INDEX/, sql);
});
