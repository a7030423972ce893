import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { lockFolder, openSqlite } from "../db/index.ts";
import { systemClock } from "../lib/clock.ts";
import { checkStore } from "./embedded.ts";
import { examine } from "./examine.ts";
import { checkFolder, judgeDisk, judgeSync } from "./folder.ts";
import { checkClock, checkNode } from "./machine.ts";
import { checkPort } from "./port.ts";

function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-doctor-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function madeStore(t: TestContext): Promise<string> {
  const folder = tempFolder(t);
  await openSqlite({ folder, now: () => 0 }).close();
  return folder;
}

test("all is looked at, nothing is changed, and a wrong configuration ends it early", async (t) => {
  const data = await madeStore(t);
  const before = readdirSync(data);
  const checks = await examine({ flags: { data, listen: "127.0.0.1:0" }, environment: {} }, systemClock);
  assert.deepEqual(
    checks.map(({ name }) => name),
    ["node", "sqlite", "configuration", "folder", "disk", "fsync", "store", "port", "clock"],
  );
  assert.deepEqual(
    checks.filter(({ state }) => state === "failed"),
    [],
  );
  assert.deepEqual(readdirSync(data), before);
  const wrong = await examine({ flags: { data, listen: "nowhere" }, environment: {} }, systemClock);
  assert.deepEqual(wrong.at(-1), {
    name: "configuration",
    state: "failed",
    found: "--listen must be HOST:PORT",
    advice: "Put it right; 'stairwell config check' tells more.",
  });
});

test("a folder that is a file, or open to others, is told", async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, "file");
  writeFileSync(file, "");
  assert.match(checkFolder(file).found, /is no folder/);
  assert.equal(checkFolder(join(folder, "new", "one")).state, "ok");
  chmodSync(folder, 0o755);
  assert.deepEqual([checkFolder(folder).state, checkFolder(folder).advice], ["warning", `Run: chmod 700 ${folder}`]);
  writeFileSync(join(folder, "secret"), "", { mode: 0o644 });
  assert.match(checkFolder(folder).advice!, /chmod 600/);
  chmodSync(join(folder, "secret"), 0o600);
  assert.match(checkFolder(folder).found, /is not a secret of 32 random bytes/);
});

test("disks without space and disks that are slow are told", () => {
  assert.deepEqual(
    [99e6, 500e6, 2e9].map((free) => judgeDisk(free).state),
    ["failed", "warning", "ok"],
  );
  assert.deepEqual([judgeSync(3).state, judgeSync(40).state], ["ok", "warning"]);
});

test("a store of a newer program is a fault; one without a tenant, and one to migrate, are not", async (t) => {
  const begun = tempFolder(t);
  writeFileSync(join(begun, "stairwell.db"), "");
  assert.match((await checkStore(begun)).found, /begun, and empty/);
  const folder = await madeStore(t);
  assert.match((await checkStore(folder)).advice!, /stairwell tenant create/);
  const store = new DatabaseSync(join(folder, "stairwell.db"));
  store.exec("INSERT INTO schema_migrations VALUES (9999, 'later', '', 0)");
  store.close();
  const newer = await checkStore(folder);
  assert.deepEqual([newer.state, newer.found], ["failed", "schema version 9999"]);
  writeFileSync(join(folder, "stairwell.db"), "this is no store, whatever it is called".repeat(50));
  const broken = await checkStore(folder);
  assert.equal(broken.state, "failed");
  assert.match(broken.advice!, /damaged: keep it aside, and restore a backup/);
});

test("an address is free, the server's own, or somebody else's", async (t) => {
  const folder = tempFolder(t);
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const taken = { host: "127.0.0.1", port: (other.address() as { port: number }).port };
  assert.match((await checkPort(taken, folder)).found, /by another program/);
  const lock = lockFolder(join(folder, "lock"));
  assert.match((await checkPort(taken, folder)).found, /by the server that runs on this folder if/);
  lock!.release();
  assert.equal((await checkPort({ host: "127.0.0.1", port: 0 }, folder)).state, "ok");
  assert.equal((await checkPort({ host: "192.0.2.1", port: 8080 }, folder)).state, "warning");
});

test("a clock that went back, and a Node that is too old, are told", async (t) => {
  const folder = await madeStore(t);
  assert.equal(checkClock(folder, systemClock.now()).state, "ok");
  assert.match(checkClock(folder, systemClock.now() - 3_600_000).found, /3[56]\d\d seconds before the store/);
  assert.equal(checkClock(folder, 0).state, "failed");
  assert.deepEqual([checkNode("v22.4.0").state, checkNode("v24.0.0").state], ["failed", "ok"]);
});
