import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLog, NO_LIMITS, startServer } from "@stairwell/server/testing";
import { assertOk, Person, PostgresCluster, rounds } from "@stairwell/testing";
import { takeOutRemains } from "../../../src/db/postgres/remains.ts";
import { stranger } from "./stores.ts";

/** Bytes: in the row itself, and so long that PostgreSQL keeps them apart from it. */
const SIZES = [2, 150, 400, 6000];

test("DEL3 the old rows of messages that were redacted, long ones too, are taken out of PostgreSQL's tables by the vacuum that follows", async (t) => {
  const cluster = await PostgresCluster.start({ isDurable: true });
  t.after(() => cluster.remove());
  const url = cluster.url("postgres");
  const folder = mkdtempSync(join(tmpdir(), "stairwell-erased-"));
  const running = await startServer({
    data: folder,
    store: { url },
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: createLog("silent"),
    erasurePace: { lead: 20, rest: 40, retry: 20 },
  });
  t.after(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const other = await stranger(t, url);
  const alice = await new Person(running.url, "alice", "dev-alice@dev").signIn();
  await running.setLimits("dev", NO_LIMITS);
  const room = await alice.roomWith([], { room_type: "public" });
  await other.query("CREATE EXTENSION pgstattuple");
  /** Rows that nobody can read any more and that are still there, in the table and in what is kept apart from it. */
  const remains = async (): Promise<number> => {
    const { rows } = await other.query(
      `SELECT (SELECT dead_tuple_count FROM pgstattuple(c.oid)) + (SELECT dead_tuple_count FROM pgstattuple(c.reltoastrelid)) AS n
       FROM pg_class c WHERE c.relname = 'events' AND c.relkind = 'r'`,
    );
    return Number((rows[0] as { n: unknown }).n);
  };
  for (let round = 0; round < rounds(20); round++) {
    const said: { word: string; id: string }[] = [];
    for (let i = 0; i < 12; i++) {
      const word = randomBytes(12 + SIZES[(i + round) % SIZES.length]!).toString("hex");
      said.push({ word, id: (await alice.say(room, word)).id });
    }
    // The last in a page, one in the midst of it, and who is last after that.
    const gone = [11, 3, 10, 9, 5, 8].map((i) => said[i]!);
    for (const { id } of gone) assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
    const started = performance.now();
    while ((await remains()) > 0) assert(performance.now() - started < 60_000, `round ${round}: still there`);
    for (const { id, word } of said.filter((message) => !gone.includes(message))) {
      assert.equal(assertOk(await alice.get(`/v1/rooms/${room}/events/${id}`)).data.content.body, word);
    }
  }

  // Whoever has begun to write, and reads nothing at the time, keeps old rows as well as a reader does.
  await other.query("BEGIN");
  await other.query("SELECT pg_current_xact_id()");
  const { id } = await alice.say(room, "soon gone");
  assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
  assert.equal(await takeOutRemains({ url }), false);
  assert((await remains()) > 0);
  await other.query("COMMIT");
  while (!(await takeOutRemains({ url })));
  assert.equal(await remains(), 0);
});
