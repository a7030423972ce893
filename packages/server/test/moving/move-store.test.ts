import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { assertOk, emptyDatabase, type Person, S3Server } from "@stairwell/testing";
import {
  blobStoreOf,
  moveStore,
  openReader,
  type RunningServer,
  type S3Options,
  systemClock,
  verify,
} from "@stairwell/server/testing";
import { exported } from "../bundles/exporting.ts";
import { keptMedia, plain } from "../bundles/same-room.ts";
import { download, type Loose, uploaded } from "../media/kit.ts";
import { contentsOf, folderOf, peopled, type Peopled, serverOn, signedIn } from "./old-store.ts";

const MOVE_AND_DIE = join(import.meta.dirname, "move-and-die.ts");
const KEY = { "Idempotency-Key": "sent-before-the-move" };

async function emptyOne(t: TestContext): Promise<string> {
  const { url, drop } = await emptyDatabase();
  t.after(drop);
  return url;
}

const moving = (folder: string, url: string, more: { s3?: S3Options } = {}) =>
  moveStore(folder, { url, clock: systemClock, isUnsafe: true, ...more });

/** All that is to be the same. */
async function seen(t: TestContext, server: RunningServer, { rooms, media, paths }: Peopled) {
  const [alice] = (await signedIn(server, "alice")) as [Person];
  const pages: Record<string, unknown> = {};
  for (const path of paths) pages[path] = assertOk(await alice.get(path)).data;
  const bundles: Loose[] = [];
  for (const room of [rooms.group, rooms.open]) {
    const { manifest } = await exported(t, alice, room);
    bundles.push({ events: plain(manifest, 0), media: keptMedia(manifest), members: manifest.members });
  }
  const file = await download(alice, `/v1/media/download/${media}`);
  return { pages, bundles, file: [file.status, file.bytes] };
}

const sendOnce = (alice: Person, room: string) =>
  alice.post(`/v1/rooms/${room}/send`, { content: { msgtype: "swp.text", body: "once" } }, KEY);

/** The folder has what it had, and the mark that says where its store went; it is as it was without that. */
async function assertMarked(t: TestContext, data: string, contents: Record<string, string>, says: RegExp) {
  await assert.rejects(serverOn(t, data), { name: "StoreMovedError", message: says });
  await assert.rejects(openReader({ folder: data }), { name: "StoreMovedError", message: says });
  const mark = join(data, "moved");
  const { [mark]: said, ...left } = contentsOf(data);
  assert(said !== undefined);
  assert(!readFileSync(mark, "utf8").includes("@"), "nothing of who signs in");
  assert.deepEqual(left, contents);
}

async function assertVerified(folder: string, url?: string, s3?: S3Options): Promise<void> {
  const store = await openReader({ folder, url });
  const blobs = blobStoreOf(folder, s3);
  const report = await verify(store, () => {}, blobs);
  blobs.close();
  await store.close();
  assert(report.ok && report.events > 50, JSON.stringify(report));
}

test("a store moved to PostgreSQL and S3 answers as before, goes on as before, and is left as it was", async (t) => {
  const data = folderOf(t);
  const before = await serverOn(t, data);
  const what = await peopled(before);
  const [alice] = (await signedIn(before, "alice")) as [Person];
  const sent = assertOk(await sendOnce(alice, what.rooms.group)).data;
  const page = assertOk(await alice.get(`/v1/rooms/${what.rooms.group}/messages?limit=3`));
  const next = `/v1/rooms/${what.rooms.group}/messages?limit=3&from=${String(page.meta.next_cursor)}`;
  const nextPage = assertOk(await alice.get(next)).data;
  const was = await seen(t, before, what);
  await before.close();

  const s3 = (await S3Server.shared()).options();
  const url = await emptyOne(t);
  const contents = contentsOf(data);
  const steps: string[] = [];
  const moved = await moveStore(data, {
    url,
    s3,
    clock: systemClock,
    isUnsafe: true,
    onStep: (step) => steps.push(step.what),
  });
  const { host, pathname } = new URL(url);
  await assertMarked(
    t,
    data,
    contents,
    new RegExp(
      `to postgres(?:ql)?://${host}${pathname}, with its files to the bucket ${s3.bucket} at .+ delete ${data}/moved`,
    ),
  );
  assert.deepEqual([moved.already, moved.lost, new Set(steps).size], [false, [], 3]);
  assert(moved.files! >= 4);
  await assertVerified(folderOf(t), url, s3);
  assert.equal((await moving(data, url, { s3 })).already, true, "a repeat changes nothing");

  const after = await serverOn(t, folderOf(t), { url, s3 });
  assert.deepEqual(await seen(t, after, what), was);
  const [again, bob] = (await signedIn(after, "alice", "bob")) as [Person, Person];
  assert.deepEqual(assertOk(await again.get(next)).data, nextPage, "a cursor that was given out before");
  const repeated = assertOk(await sendOnce(again, what.rooms.group));
  assert.equal(repeated.data.id, sent.id, "an answer that was kept before");
  assert.deepEqual(await after.db.get("SELECT last_error FROM peers WHERE server_name = 'other.example'"), {
    last_error: "nul \0 and \uFFFF0 and \uFFFF",
  });
  // Everything that is numbered goes on after what there was.
  const room = await again.roomWith([bob], { room_type: "incognito" });
  await again.say(room, "after the move");
  const form = new FormData();
  form.set("file", new Blob(["new"]), "new.txt");
  const headers = { authorization: `Bearer ${again.credential}` };
  const uploads = await fetch(`${after.url}/v1/media/upload`, { method: "POST", headers, body: form });
  assert.equal(uploads.status, 201);
  const number = await after.db.write("deployment", (tx) =>
    tx.get<{ number: number }>(
      "INSERT INTO proposals (tenant_no, event_id, server_name, room_no, participant_no, state, asked_at) VALUES (1, 'evt-y', 'other.example', 9, 1, 'refused', 1) RETURNING number",
    ),
  );
  assert.deepEqual(number, { number: 2 });
  await after.close();
  await assertVerified(folderOf(t), url, s3);
});

test("a move that is killed goes on where it was, and no server starts before it is whole", async (t) => {
  const data = folderOf(t);
  const before = await serverOn(t, data);
  const what = await peopled(before);
  const was = await seen(t, before, what);
  await before.close();
  const contents = contentsOf(data);
  const s3 = (await S3Server.shared()).options();
  const url = await emptyOne(t);
  const points = [
    ["rows", 1],
    ["rows", 4],
    ["rows", 15],
    ["rows", "last"],
    ["files", 1],
    ["files", "last"],
  ];
  for (const [step, nth] of [...points, ["rows compared", 3], ["rows compared", "last"]]) {
    const args = [MOVE_AND_DIE, data, url, JSON.stringify(s3), String(step), String(nth)];
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    assert.equal(signal, "SIGKILL", `${step} ${nth} was never reached`);
    await assert.rejects(serverOn(t, folderOf(t), { url, s3 }), /run 'stairwell migrate-store' again/);
    await assert.rejects(openReader({ folder: data, url }), /not whole: run 'stairwell migrate-store' again/);
  }
  assert.equal((await moving(data, url, { s3 })).already, false);
  // Whoever is killed while it reads leaves an empty log beside the store.
  rmSync(join(data, "moved"));
  const emptyLog = Object.keys(contentsOf(data)).filter((name) => !(name in contents));
  assert.deepEqual(contentsOf(data), {
    ...contents,
    ...Object.fromEntries(emptyLog.map((name) => [name, contentsOf(data)[name]])),
  });
  assert(emptyLog.every((name) => /stairwell\.db-(?:wal|shm)$/.test(name)));
  await assertVerified(folderOf(t), url, s3);
  assert.deepEqual(await seen(t, await serverOn(t, folderOf(t), { url, s3 }), what), was);
});

test("a store is moved from a folder that nobody serves, into a database that has nothing else", async (t) => {
  const data = folderOf(t);
  const server = await serverOn(t, data);
  await peopled(server);
  const url = await emptyOne(t);
  await assert.rejects(openReader({ folder: data, url }), { name: "StoreMissingError" });
  await assert.rejects(moving(data, url), { name: "FolderTakenError" });
  await server.close();

  const used = await emptyOne(t);
  await (await serverOn(t, folderOf(t), { url: used })).close();
  await assert.rejects(moving(data, used), { name: "MoveError", kind: "conflict", message: /not empty/ });

  const stop = new AbortController();
  const onStep = () => stop.abort(new Error("stopped"));
  const options = { url, clock: systemClock, isUnsafe: true, batch: 7, signal: stop.signal, onStep };
  await assert.rejects(moveStore(data, options), /stopped/);
  const since = await serverOn(t, data);
  const [alice] = (await signedIn(since, "alice")) as [Person];
  await alice.roomWith([]);
  await since.close();
  await assert.rejects(moving(data, url), { name: "MoveError", kind: "conflict", message: /used since/ });
});

test("a folder is marked before the last step, so that never both stores can be written to, and goes back by a word", async (t) => {
  const data = folderOf(t);
  const before = await serverOn(t, data);
  await signedIn(before, "alice");
  await before.close();
  const contents = contentsOf(data);
  const [url, other] = [await emptyOne(t), await emptyOne(t)];
  const { Client } = await import("pg");
  const client = new Client({ connectionString: url });
  await client.connect();
  const stop = new AbortController();
  const onStep = () => stop.abort(new Error("stopped"));
  await assert.rejects(
    moveStore(data, { url, clock: systemClock, isUnsafe: true, signal: stop.signal, onStep }),
    /stopped/,
  );
  await client.query("INSERT INTO secrets (name, bytes) VALUES ('server', '\\x00')");
  await assert.rejects(moving(data, url), /duplicate key/);
  await assertMarked(t, data, contents, /was moved to/);
  await assert.rejects(serverOn(t, folderOf(t), { url }), /migrate-store/);
  await assert.rejects(moving(data, other), { name: "StoreMovedError" }, "another database is not where it went");
  await client.query("DELETE FROM secrets");
  await client.end();
  assert.equal((await moving(data, url)).already, false);
  assert.equal((await moving(data, url)).already, true);
  await (await serverOn(t, data, { url })).close();

  rmSync(join(data, "moved"));
  await (await serverOn(t, data)).close();
  await assert.rejects(moving(data, url), { name: "MoveError", kind: "conflict", message: /taken into use again/ });
});

test("a row that is not the same in both stores ends the move, and no server starts", async (t) => {
  const data = folderOf(t);
  const server = await serverOn(t, data);
  await peopled(server);
  await server.close();
  const url = await emptyOne(t);
  const { Client } = await import("pg");
  const spoil = async (): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query("UPDATE events SET hash = 'another' WHERE room_no = 1 AND position = 2");
    await client.end();
  };
  const stop = new AbortController();
  const onStep = ({ what, done, total }: { what: string; done: number; total: number }) => {
    if (what === "rows" && done === total) stop.abort(new Error("stopped"));
  };
  const options = { url, clock: systemClock, isUnsafe: true };
  await assert.rejects(moveStore(data, { ...options, signal: stop.signal, onStep }), /stopped/);
  await spoil();
  await assert.rejects(moving(data, url), /the row of events at .*position 2 is not the same in both stores \(hash\)/);
  await assert.rejects(serverOn(t, folderOf(t), { url }), /migrate-store/);
});

test("files that the folder has lost are named at the end of a move, by whichever run they were missed", async (t) => {
  const data = folderOf(t);
  const server = await serverOn(t, data);
  const [alice] = (await signedIn(server, "alice")) as [Person];
  for (const text of ["one", "two", "three"]) await uploaded(alice, text);
  await server.close();
  const [lost] = readdirSync(join(data, "blobs"), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const path = join(lost!.parentPath, lost!.name);
  rmSync(path);
  const [url, s3] = [await emptyOne(t), (await S3Server.shared()).options()];
  const stop = new AbortController();
  const onStep = ({ what, done }: { what: string; done: number }) => {
    if (what === "files" && done === 2) stop.abort(new Error("stopped"));
  };
  const options = { url, s3, clock: systemClock, isUnsafe: true, batch: 1 };
  await assert.rejects(moveStore(data, { ...options, signal: stop.signal, onStep }), /stopped/);
  const moved = await moveStore(data, options);
  assert.deepEqual([moved.files, moved.lost], [2, [relative(data, path)]]);
});
