import assert from "node:assert/strict";
import { test } from "node:test";
import type { Put, Reader, Tx, Value } from "../../src/db/index.ts";
import { deleteEditsOf, listEditsOf, newestEdits } from "../../src/amendments/edits.store.ts";
import {
  addReaction,
  countReactions,
  countReactionsAt,
  deleteReactionsOf,
  listReactionsOf,
  reactionTo,
  removeReaction,
} from "../../src/amendments/reactions.store.ts";
import { redactionsOf } from "../../src/amendments/redactions.store.ts";
import { insertUnlisted, runsBelow, runsFrom } from "../../src/amendments/unlisted.store.ts";
import { listAt, wipe } from "../../src/events/index.ts";
import { openStore } from "../support/store.ts";

/** Asks the engine how it would run each statement, and runs none. */
function plannerOn(db: Reader): { tx: Tx; plans: Map<string, string[]> } {
  const plans = new Map<string, string[]>();
  const plan = async (sql: string, values: Value[]): Promise<void> => {
    const steps = await db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    plans.set(
      sql,
      steps.map(({ detail }) => detail),
    );
  };
  const tx = {
    now: 0,
    get: async (sql: string, ...values: Value[]) => plan(sql, values).then(() => ({})),
    all: async (sql: string, ...values: Value[]) => plan(sql, values).then(() => []),
    run: async (sql: string, ...values: Value[]) => plan(sql, values).then(() => 0),
    put: ({ sql }: Put, ...values: Value[]) => void plan(sql, values),
    afterCommit: () => {},
    erased: () => {},
  } as unknown as Tx;
  return { tx, plans };
}

/** Steps that read rows of more than the events that were asked for: all of a table, of a tenant, or of a room. */
const TOO_WIDE =
  /^SCAN (?!json_each|t VIRTUAL|CONSTANT|asked$)|^SEARCH (?!k USING INDEX room_keys).*\(tenant_no=\?( AND room_no=\?)?\)$/;
/** Walks that are one step long: a limit or a maximum ends them, by the statement itself. */
const ENDED = /LIMIT|max\(first_position\)/;

test("EV3 EV5 reading and keeping amendments touches the rows of the events asked for, and no others", async (t) => {
  const { db } = await openStore(t);
  const { tx, plans } = plannerOn(db);
  const room = { tenantNo: 1, roomNo: 3, roomId: "room" as never };
  const key = { target: 2, mark: "m", participantNo: 4 };
  await newestEdits(tx, room, [1, 2], 9);
  await listEditsOf(tx, room, 1);
  await deleteEditsOf(tx, room, 1);
  await redactionsOf(tx, room, [1, 2]);
  await countReactions(tx, room, [1, 2], 4);
  await countReactionsAt(tx, room, [1, 2], 4, 9);
  await listReactionsOf(tx, room, 1);
  await deleteReactionsOf(tx, room, 1);
  await reactionTo(tx, room, key);
  await addReaction(tx, room, key, 9);
  await removeReaction(tx, room, key, 9);
  await listAt(tx, room, [1, 2], "back");
  await listAt(tx, room, [1, 2], "forward");
  await wipe(tx, room, [1, 2]);
  await insertUnlisted(tx, room, 9);
  await runsBelow(tx, room, 9, 5);
  await runsFrom(tx, room, 9, 5);
  assert(plans.size >= 20, `only ${plans.size} statements were seen`);
  const wide = [...plans].filter(([sql, steps]) => !ENDED.test(sql) && steps.some((step) => TOO_WIDE.test(step)));
  assert.deepEqual(wide, []);
  for (const [sql, steps] of plans)
    assert(!steps.some((step) => /^SCAN (edits|reaction|redac|unli|events)/.test(step)), sql);
});
