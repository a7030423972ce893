import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { assertOk, ChildServer, type Ended, launch, TestServer } from "@stairwell/testing";
import { Connection } from "../../src/db/connection.ts";
import { FolderTakenError, openSqlite } from "../../src/db/index.ts";
import { checkEngine, isOlder } from "../../src/db/sqlite.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tempFolder } from "../support/store.ts";

test("an engine that can corrupt its log is too old, and this one is not", () => {
  for (const version of ["3.7.0", "3.40.1", "3.50.4", "3.51.0", "3.51.2", "2.99.99", "3"])
    assert.equal(isOlder(version), true, version);
  for (const version of ["3.51.3", "3.51.10", "3.52.0", "4.0.0", "10.0.0", "3.51.3.1"])
    assert.equal(isOlder(version), false, version);
  assert.equal(isOlder(process.versions.sqlite!), false);
});

test("the writing connection has every setting that durability and deletion rest on", async (t) => {
  const db = openSqlite({ folder: tempFolder(t), now: () => systemClock.now() });
  t.after(() => db.close());
  const settings = await db.write("deployment", async (tx) => {
    const found: Record<string, unknown> = {};
    const names = "journal_mode synchronous foreign_keys secure_delete trusted_schema page_size journal_size_limit";
    for (const name of names.split(" ")) found[name] = Object.values((await tx.get<object>(`PRAGMA ${name}`))!)[0];
    return found;
  });
  assert.deepEqual(settings, {
    journal_mode: "wal",
    synchronous: 2,
    foreign_keys: 1,
    secure_delete: 1,
    trusted_schema: 0,
    page_size: 8192,
    journal_size_limit: 67108864,
  });
});

test("a store opens only when each setting reads back as it was asked for", (t) => {
  const folder = tempFolder(t);
  const connection = new Connection(join(folder, "x.db"), { readOnly: false });
  t.after(() => connection.close());
  connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
  checkEngine(connection);
  const wrong = [
    ["synchronous", "NORMAL", "FULL"],
    ["synchronous", "OFF", "FULL"],
    ["foreign_keys", "OFF", "ON"],
    ["secure_delete", "FAST", "ON"],
    ["trusted_schema", "ON", "OFF"],
    ["mmap_size", "1048576", "0"],
    ["journal_mode", "DELETE", "WAL"],
  ] as const;
  for (const [name, value, right] of wrong) {
    connection.exec(`PRAGMA ${name} = ${value}`);
    assert.throws(
      () => checkEngine(connection),
      new RegExp(`the store answers ${name} = .*, it must be `),
      `${name} = ${value}`,
    );
    connection.exec(`PRAGMA ${name} = ${right}`);
    checkEngine(connection);
  }
});

async function refusedStart(t: TestContext, folder: string): Promise<Ended> {
  const server = launch(folder);
  t.after(() => server.kill("SIGKILL"));
  await assert.rejects(server.url, /the server ended before it was ready/);
  return server.ended;
}

test("a second process on a data folder is refused with a sentence, and the first works on", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const second = await refusedStart(t, server.data);
  assert.equal(second.code, 1);
  assert.ok(second.messages.startsWith(`another stairwell process is using the data folder ${server.data}: stop it`));
  await alice.say(await alice.roomWith([]), "still here");
  assert.throws(() => openSqlite({ folder: server.data, now: () => systemClock.now() }), FolderTakenError);
});

test("a folder whose server was killed is free at once, and one whose server lives is not", async (t) => {
  const server = await ChildServer.start(t);
  const taken = await refusedStart(t, server.data);
  assert.equal(taken.code, 1);
  assert.match(taken.messages, /another stairwell process/);
  assertOk(await server.person("alice").get("/v1/me"));
  await server.kill("SIGKILL");
  await server.startAgain();
  assertOk(await server.person("alice").get("/v1/me"));
  const end = await server.kill("SIGTERM");
  assert.deepEqual([end.code, end.signal, end.messages], [0, null, ""]);
});

test("a folder that cannot be locked for another reason is not called taken", (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, "lock"));
  assert.throws(
    () => openSqlite({ folder, now: () => systemClock.now() }),
    (error) => !(error instanceof FolderTakenError),
  );
});
