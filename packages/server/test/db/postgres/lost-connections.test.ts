import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLog, startServer } from "@stairwell/server/testing";
import { assertOk, assertRefused, freshDatabase, Person } from "@stairwell/testing";
import { openPostgres } from "../../../src/db/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { addNote, noteNumbers } from "../notes.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { cutAll, isUnavailable, notesDatabase, openOn, stranger, TENANT } from "./stores.ts";

const PID = "SELECT pg_backend_pid() AS pid";

test("a connection that is ended before its commit costs nobody anything: the group is there once", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const db = await openOn(t, url);
  let runs = 0;
  let told = 0;
  const both = [1, 2].map((no) =>
    db.write(TENANT, async (tx) => {
      tx.afterCommit(() => told++);
      await addNote(tx, no);
      await tx.run("UPDATE totals SET n = n + 1 WHERE no = 1");
      if (no === 2 && ++runs <= 2) {
        const { pid } = (await tx.get<{ pid: number }>(PID))!;
        await other.query("SELECT pg_terminate_backend($1)", [pid]);
        await tx.get(PID);
      }
    }),
  );
  await Promise.all(both);
  assert.deepEqual([runs, told], [3, 2]);
  assert.deepEqual(await noteNumbers(db), [1, 2]);
  assert.deepEqual(await db.all("SELECT n FROM totals WHERE no = 1"), [{ n: 2 }]);
});

test("a command that makes nothing of its lost connection is run again like any other", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const db = await openOn(t, url);
  let runs = 0;
  await db.write(TENANT, async (tx) => {
    await addNote(tx, 1);
    if (runs++ > 0) return;
    const { pid } = (await tx.get<{ pid: number }>(PID))!;
    await other.query("SELECT pg_terminate_backend($1)", [pid]);
    await tx.get(PID).catch(() => {});
  });
  assert.equal(runs, 2);
  assert.deepEqual(await noteNumbers(db), [1]);
});

for (const cut of ["before the server hears it", "before the answer comes"] as const) {
  test(`a connection that ends at the commit, ${cut}, is 503 and is not run again; the next group is written`, async (t) => {
    const url = await notesDatabase(t);
    const proxy = await CuttingProxy.start(t, url);
    const db = await openOn(t, proxy.url);
    let runs = 0;
    let told = 0;
    proxy.cut = cut;
    const lost = db.write(TENANT, async (tx) => {
      runs++;
      tx.afterCommit(() => told++);
      await addNote(tx, 1);
    });
    await assert.rejects(lost, isUnavailable);
    assert.deepEqual([proxy.cuts, runs, told], [1, 1, 0]);
    await db.write(TENANT, (tx) => addNote(tx, 2));
    assert.deepEqual(await noteNumbers(db), cut === "before the answer comes" ? [1, 2] : [2]);
  });

  test(`what was answered 503 since its commit's connection ended ${cut} is there once when it is repeated`, async (t) => {
    const database = await freshDatabase();
    const proxy = await CuttingProxy.start(t, database.url);
    const folder = mkdtempSync(join(tmpdir(), "stairwell-cut-"));
    const running = await startServer({
      data: folder,
      store: { url: proxy.url, isUnsafe: true },
      listen: { host: "127.0.0.1", port: 0 },
      dev: true,
      log: createLog("silent"),
    });
    t.after(async () => {
      await running.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    });
    const alice = await new Person(running.url, "alice", "dev-alice@dev").signIn();
    const made = assertOk(await alice.post("/v1/rooms", { room_type: "public", name: "Room" }));
    const room = `/v1/rooms/${made.data.id}`;
    const asks = [
      (no: number) =>
        alice.post(`${room}/send`, { event_uuid: `uuid-of-message-${no}`, content: { body: `said ${no}` } }),
      (no: number) =>
        alice.post(`${room}/send`, { content: { body: `said ${no}` } }, { "idempotency-key": `key-of-message-${no}` }),
    ];
    let said = 0;
    for (const ask of asks) {
      // A node writes for itself too, and may have its commit cut in place of ours: then something else is said.
      let answer;
      do {
        proxy.cut = cut;
        answer = await ask(++said);
      } while (answer.status === 201);
      assertRefused(answer, 503, "SW_UNAVAILABLE");
      const again = assertOk(await ask(said));
      const third = assertOk(await ask(said));
      assert.match(again.data.id, /./);
      assert.equal(third.data.id, again.data.id);
    }
    const bodies = (await alice.history(made.data.id)).map(({ content }) => content.body);
    assert.deepEqual(
      bodies.filter((body) => body !== undefined),
      Array.from({ length: said }, (_, i) => `said ${i + 1}`),
    );
  });
}

test("reads whose connections are ended are asked again, and a snapshot whose connection is ended is 503", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const db = await openOn(t, url);
  await db.write(TENANT, (tx) => addNote(tx, 1));
  const slow = Array.from({ length: 12 }, () => db.get<{ no: number }>("SELECT no FROM notes, pg_sleep(0.2)"));
  await other.query("SELECT 1");
  for (;;) {
    const active = await other.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND state = 'active' AND application_name = 'stairwell'",
    );
    if (active.rowCount === 6) break;
  }
  assert((await cutAll(other)) >= 6);
  for (const row of await Promise.all(slow)) assert.deepEqual(row, { no: 1 });

  const snapshot = db.snapshot(async (reader) => {
    await noteNumbers(reader);
    await cutAll(other);
    return noteNumbers(reader);
  });
  await assert.rejects(snapshot, isUnavailable);
  assert.deepEqual(await db.snapshot(noteNumbers), [1]);
});

test("connections that are ended while they have nothing to do end no process, and nobody notices", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const db = await openOn(t, url);
  for (let round = 0; round < 10; round++) {
    await Promise.all([
      ...Array.from({ length: 8 }, (_, i) => db.write({ tenantNo: i + 1 }, (tx) => addNote(tx, round * 8 + i))),
      ...Array.from({ length: 8 }, () => noteNumbers(db)),
      ...Array.from({ length: 8 }, () => db.snapshot(noteNumbers)),
    ]);
    assert((await cutAll(other)) >= 10);
  }
  assert.equal((await noteNumbers(db)).length, 80);
  assert.equal((await db.snapshot(noteNumbers)).length, 80);
});

test("a server that is gone without a word has reads answered 503, and is read again once it is back", async (t) => {
  const proxy = await CuttingProxy.start(t, await notesDatabase(t));
  const db = await openPostgres({ url: proxy.url, now: () => systemClock.now(), isUnsafe: true, readingMs: 5000 });
  t.after(() => db.close());
  await db.write(TENANT, (tx) => addNote(tx, 1));
  assert.deepEqual([await noteNumbers(db), await db.snapshot(noteNumbers)], [[1], [1]]);
  proxy.isSilent = true;
  await Promise.all([
    assert.rejects(noteNumbers(db), isUnavailable),
    assert.rejects(db.snapshot(noteNumbers), isUnavailable),
  ]);
  proxy.isSilent = false;
  assert.deepEqual([await noteNumbers(db), await db.snapshot(noteNumbers)], [[1], [1]]);
});
