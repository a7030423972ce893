import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLog, NO_LIMITS, openPostgres, scrubStore, startServer, verify } from "@stairwell/server/testing";
import { assertOk, Person, PostgresCluster } from "@stairwell/testing";

/** Bytes: in the row itself, and so long that PostgreSQL keeps them apart from it. */
const SIZES = [150, 6000];

test("DEL3 after a scrub no byte of a redacted message is in PostgreSQL's files, the log and the planner's samples included", async (t) => {
  const cluster = await PostgresCluster.start({ isDurable: true });
  t.after(() => cluster.remove());
  const url = cluster.url("postgres");
  const folder = mkdtempSync(join(tmpdir(), "stairwell-scrubbed-"));
  const running = await startServer({
    data: folder,
    store: { url },
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: createLog("silent"),
  });
  t.after(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const alice = await new Person(running.url, "alice", "dev-alice@dev").signIn();
  await running.setLimits("dev", NO_LIMITS);
  const room = await alice.roomWith([]);
  const said: { word: string; id: string }[] = [];
  for (let i = 0; i < 40; i++) {
    const word = randomBytes(SIZES[i % 2]! / 2).toString("hex");
    said.push({ word, id: (await alice.say(room, word)).id });
  }
  // As the autovacuum would, which copies texts out of columns that it samples.
  await running.db.write("deployment", (tx) => tx.run("ANALYZE"));
  const [gone, kept] = [said.filter((_, i) => i % 3 === 0), said.filter((_, i) => i % 3 !== 0)];
  for (const { id } of gone) assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
  assert.ok(foundIn(cluster.files, gone).length > 0, "there is something to take out");

  const steps: string[] = [];
  const scrubbed = await scrubStore(url, { withLog: true, onStep: ({ what }) => steps.push(what) });
  assert.equal(scrubbed.readers, 0);
  assert.deepEqual(foundIn(cluster.files, gone), []);
  assert.ok(steps.length > 0);
  // What was not deleted is where it was, and the server goes on.
  for (const { id, word } of kept) {
    assert.equal(assertOk(await alice.get(`/v1/rooms/${room}/events/${id}`)).data.content.body, word);
  }
  assert.equal(foundIn(join(cluster.files, "base"), kept).length, kept.length);
  await alice.say(room, "on we go");
  assert.deepEqual((await verify(running.db)).findings, []);
});

test("DEL3 a role that PostgreSQL lets vacuum nothing neither serves nor scrubs, and one that may not see to the log begins nothing", async (t) => {
  const cluster = await PostgresCluster.start();
  t.after(() => cluster.remove());
  const url = cluster.url("postgres");
  const guests = url.replace("stairwell@", "guest@");
  const open = (as: string) => openPostgres({ url: as, now: () => 0, isUnsafe: true });
  const db = await open(url);
  t.after(() => db.close());
  for (const change of ["CREATE ROLE guest LOGIN", "GRANT ALL ON ALL TABLES IN SCHEMA public TO guest"]) {
    await db.write("deployment", (tx) => tx.run(change));
  }
  const says =
    /the tables are of the role stairwell, and guest may not .+ sign in as stairwell, or GRANT stairwell TO guest/;
  await assert.rejects(open(guests), says);
  await assert.rejects(scrubStore(guests, { withLog: false }), says);

  await db.write("deployment", (tx) => tx.run("GRANT stairwell TO guest"));
  await (await open(guests)).close();
  assert.equal((await scrubStore(guests, { withLog: false })).log, null);
  const file = () => db.get<{ file: number }>("SELECT pg_relation_filenode('events') AS file");
  const before = await file();
  await assert.rejects(scrubStore(guests, { withLog: true }), /checkpoint/i);
  assert.deepEqual(await file(), before);
});

/** Of what was said, which words stand in any file below a folder. */
function foundIn(folder: string, said: readonly { word: string }[]): string[] {
  const found = new Set<string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = join(folder, path);
    let bytes: Buffer;
    try {
      if (!statSync(file).isFile()) continue;
      bytes = readFileSync(file);
    } catch {
      // Gone meanwhile.
      continue;
    }
    for (const { word } of said)
      if (bytes.includes(word.slice(0, 60)) || bytes.includes(word.slice(-60))) found.add(word);
  }
  return [...found].map((word) => word.slice(0, 12));
}
