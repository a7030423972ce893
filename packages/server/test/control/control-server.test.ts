import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startControlServer, openControl } from "../../src/control/index.ts";
import { ActorCache } from "../../src/auth/index.ts";
import { openSqlite } from "../../src/db/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tempFolder } from "../support/store.ts";
import { openDirect, startServer } from "./open.ts";

test("the socket is the user's alone and goes with the server", async (t) => {
  const folder = tempFolder(t);
  const { stop } = await startServer(t, folder);
  const socket = join(folder, "control.sock");
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  await stop();
  assert.equal(existsSync(socket), false);
});

test("a folder whose path is too long has its socket elsewhere, and it works", async (t) => {
  const folder = join(tempFolder(t), "deep".repeat(30));
  mkdirSync(folder);
  const { stop } = await startServer(t, folder);
  const pointed = readFileSync(join(folder, "control.path"), "utf8");
  assert.ok(Buffer.byteLength(pointed) < 104);
  assert.equal(statSync(pointed).mode & 0o777, 0o600);
  const control = await openDirect(t, folder);
  assert.deepEqual(await control.run("tenant.list", {}), []);
  await stop();
  assert.deepEqual([existsSync(pointed), existsSync(join(folder, "control.path"))], [false, false]);
});

test("what a killed server left behind hinders neither a command nor the next server", async (t) => {
  const folder = tempFolder(t);
  const socket = join(folder, "control.sock");
  writeFileSync(join(folder, "control.path"), join(folder, "gone", "control.sock"));
  writeFileSync(socket, "no socket at all");
  const alone = await openControl(folder, { create: true });
  await alone.close();
  await startServer(t, folder);
  const control = await openDirect(t, folder);
  assert.deepEqual(await control.run("tenant.list", {}), []);
});

test("a command waits for a server that holds the folder and does not listen yet", async (t) => {
  const folder = tempFolder(t);
  const db = openSqlite({ folder, now: () => systemClock.now() });
  t.after(() => db.close());
  let reads = 0;
  // The command looks at the clock once before its first attempt and once after each failure.
  const listening = Promise.withResolvers<void>();
  const clock = {
    now: () => systemClock.now(),
    monotonic: () => {
      if (++reads === 2) {
        const parts = { db, actors: new ActorCache(systemClock) };
        void startControlServer(folder, parts, () => {}).then((server) => {
          t.after(() => server.close());
          listening.resolve();
        });
      }
      return 0;
    },
  };
  const control = await openControl(folder, { clock });
  await listening.promise;
  assert.deepEqual(await control.run("tenant.list", {}), []);
});

test("a folder that stays taken is said to be taken", async (t) => {
  const folder = tempFolder(t);
  const db = openSqlite({ folder, now: () => systemClock.now() });
  t.after(() => db.close());
  let elapsed = 0;
  const clock = { now: () => systemClock.now(), monotonic: () => (elapsed += 2000) };
  await assert.rejects(openControl(folder, { clock }), {
    kind: "failed",
    message: `another stairwell process is using the data folder ${folder}: stop it, or name another folder with --data DIR`,
  });
});

test("without a store nothing is made but by an operation that makes one", async (t) => {
  const folder = join(tempFolder(t), "typo");
  await assert.rejects(openControl(folder), { kind: "not_found", message: /no store in .*typo/ });
  assert.equal(existsSync(folder), false);
});

test("a fault of the server reaches its log and not the command", async (t) => {
  const folder = tempFolder(t);
  const faults: unknown[] = [];
  const { db } = await startServer(t, folder, faults);
  const control = await openDirect(t, folder);
  await db.write("deployment", (tx) => tx.run("DROP TABLE tenant_keys"));
  await assert.rejects(control.run("tenant.create", { slug: "acme", server_name: "acme.example" }), {
    kind: "failed",
    message: "Something went wrong on the server; its log says what.",
  });
  assert.match(String(faults[0]), /tenant_keys/);
});

test("a server that goes away in the middle of an answer is no success", async (t) => {
  const folder = tempFolder(t);
  const broken = createServer((socket) => {
    socket.once("data", () =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{"progress":{"done":1,"total":2}}\n'),
    );
  });
  broken.listen(join(folder, "control.sock"));
  t.after(() => broken.close());
  const control = await openDirect(t, folder);
  await assert.rejects(control.run("tenant.list", {}), (error: Error) => error.name !== "ControlError");
});
