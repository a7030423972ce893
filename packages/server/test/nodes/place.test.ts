import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLog, type S3Options, startServer } from "@stairwell/server/testing";
import { FaultProxy, freshDatabase, S3Server } from "@stairwell/testing";
import { checkPlace } from "../../src/doctor/place.ts";
import { confirmPlace, PlaceWatch, WrongPlaceError } from "../../src/media/index.ts";
import { nodeFolder } from "./node-folder.ts";
import { startNodes } from "./network.ts";
import { until } from "./until.ts";

const ELSEWHERE = /in another place than this server's.+Give all servers on one database the same media\.s3/;
const ANOTHERS = /marked by another store of rows/;

async function stage(t: TestContext) {
  const [database, folder] = [await freshDatabase(), mkdtempSync(join(tmpdir(), "stairwell-place-"))];
  const open: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const close of open.toReversed()) await close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = async (data: string, s3?: S3Options, store = database.url) => {
    const media = { maxBytes: 1_000_000, keepUnusedSeconds: 86_400, s3 };
    const listen = { host: "127.0.0.1", port: 0 };
    const options = { data, store: { url: store, isUnsafe: true }, listen, dev: true, log: createLog("silent"), media };
    const server = await startServer(options);
    open.push(() => server.close());
    return server;
  };
  const doctor = async (data: string, s3?: S3Options) => (await checkPlace(database.url, data, s3))[0];
  return { folder, start, doctor, database };
}

test("VS4 servers on one database whose files lie in folders of their own do not start, and are told what to do", async (t) => {
  const { folder, start, doctor } = await stage(t);
  const [first, other] = [join(folder, "first"), join(folder, "other")];
  const server = await start(first);
  await assert.rejects(start(other), ELSEWHERE);
  assert.deepEqual([(await doctor(first))?.state, (await doctor(other))?.state], ["ok", "failed"]);
  assert.match((await doctor(other))!.advice!, ELSEWHERE);
  await server.close();
  await assert.rejects(start(other), ELSEWHERE, "alone too: the files are not here");
  // As after a move of all files.
  mkdirSync(join(other, "blobs"));
  writeFileSync(join(other, "blobs", "mark"), readFileSync(join(first, "blobs", "mark")));
  await start(other);
  assert.equal((await doctor(other))?.state, "ok");
});

test("VS4 of servers that start at once on an empty database, each with its files elsewhere, one starts", async (t) => {
  const { folder, start } = await stage(t);
  const started = await Promise.allSettled(["a", "b", "c"].map((name) => start(join(folder, name))));
  const refused = started.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  assert.equal(refused.length, 2);
  for (const { reason } of refused) assert.match(String(reason), ELSEWHERE);
});

test("VS4 servers that share a folder or a bucket start together, and another store's bucket is left alone", async (t) => {
  const { folder, start, doctor } = await stage(t);
  const s3 = (await S3Server.shared()).options();
  assert.match((await doctor(folder, s3))?.found ?? "nothing is said of an empty database", /nothing is said/);
  await Promise.all(["a", "b"].map((name) => start(join(folder, name), s3)));
  await assert.rejects(start(join(folder, "c")), ELSEWHERE, "its files in a folder");
  const another = await stage(t);
  await assert.rejects(another.start(join(another.folder, "a"), s3), ANOTHERS);
  await Promise.all(["b", "c"].map((name) => another.start(nodeFolder(another.folder, name))));
});

test("VS4 a bucket that is away at the start keeps nobody from it, and /readyz says so until it is there", async (t) => {
  const { folder, start } = await stage(t);
  const bucket = await S3Server.shared();
  const proxy = await FaultProxy.start(t, bucket.url);
  const s3 = { ...bucket.options(proxy.url), pace: { silenceMs: 1000, patienceMs: 100, pauseMs: 10 } };
  proxy.fault = "down";
  const server = await start(join(folder, "a"), s3);
  const ready = async (url: string): Promise<unknown> => (await fetch(`${url}/readyz`)).json();
  assert.deepEqual(await ready(server.url), { data: { ok: true, degraded: ["media"] } });
  proxy.fault = undefined;
  proxy.seen.length = 0;
  const later = await start(join(folder, "b"), s3);
  assert.deepEqual(await ready(later.url), { data: { ok: true } });
  // Read, read again in its turn, and put: no start lists what all of them have there.
  assert.deepEqual(
    proxy.seen.map((request) => request.split(" ")[0]),
    ["GET", "GET", "PUT"],
  );
  assert.ok(!proxy.seen.some((request) => request.includes("list-type")), proxy.seen.join(", "));
});

test("VS4 a place that is another one by and by is told, and makes a server unready until it is back", async (t) => {
  const [{ running }] = await startNodes(t, 2);
  const path = join(running.data, "blobs", "mark");
  const mark = readFileSync(path);
  let found: string | undefined = mark.toString();
  const faults: unknown[] = [];
  const blobs = { readMark: async () => found, putMark: async () => assert.fail("it is marked") };
  const secretRow = await running.db.get<{ bytes: Uint8Array }>("SELECT bytes FROM secrets WHERE name = 'server'");
  const turns = { isShared: true, take: async () => true, holds: async () => true, async end() {} };
  const confirm = () => confirmPlace({ db: running.db, turns, blobs, secret: secretRow!.bytes });
  const watch = await PlaceWatch.start(confirm, (error) => faults.push(error), 5);
  t.after(() => watch.stop());
  watch.check();
  found = undefined;
  await until(() => faults.length > 0);
  assert.throws(() => watch.check(), WrongPlaceError);
  found = mark.toString();
  await until(() => {
    try {
      watch.check();
      return true;
    } catch {
      return false;
    }
  });
  found = undefined;
  const atStart: unknown[] = [];
  await assert.rejects(
    PlaceWatch.start(confirm, (error) => atStart.push(error), 60_000),
    WrongPlaceError,
  );
  assert.deepEqual(atStart, [], "what ends a start is said by that alone");
});
