import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test, type TestContext } from "node:test";
import { assertOk, rounds, StreamClient, TestServer } from "@stairwell/testing";
import {
  backup,
  blobStoreOf,
  openSqlite,
  openSqliteReader,
  restore,
  systemClock,
  verify,
} from "@stairwell/server/testing";
import { download, send, uploaded } from "../media/kit.ts";

function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-backup-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function assertWhole(folder: string): Promise<void> {
  const store = openSqliteReader(folder);
  try {
    const { findings } = await verify(store, () => {}, blobStoreOf(folder));
    assert.deepEqual(findings, []);
    const rows = await store.all<{ blob_id: string }>("SELECT blob_id FROM blobs ORDER BY blob_id");
    assert.deepEqual(
      blobFiles(folder),
      rows.map(({ blob_id }) => blob_id),
    );
  } finally {
    await store.close();
  }
}

function blobFiles(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && entry.parentPath.includes(`${folder}/blobs`))
    .map(({ name }) => name)
    .sort();
}

test("a backup of a running server restores: what was answered before it, files, tokens, and nothing of after it", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([], { name: "Kitchen" });
  const medium = await uploaded(alice, "a recipe", { name: "recipe.txt" });
  await send(alice, room, medium.media_id);
  const { token } = assertOk(await alice.post("/v1/me/tokens", { name: "kept", scopes: ["read", "write"] })).data;
  const page = assertOk(await alice.get(`/v1/rooms/${room}/messages?limit=1`));
  const known = (await StreamClient.open(t, alice)).cursor;

  const folder = tempFolder(t);
  const made = await backup(server.data, join(folder, "backup"), { clock: systemClock });
  assert.deepEqual([made.media, made.media_bytes, made.lost], [1, 8, []]);
  await alice.say(room, "after the backup");
  const lost = (await StreamClient.open(t, alice)).cursor;
  await server.stop();

  await restore(join(folder, "backup"), join(folder, "data"));
  await assertWhole(join(folder, "data"));
  const again = await TestServer.start(t, { data: join(folder, "data") });
  const restored = await again.person("alice").signIn();
  const history = await restored.history(room);
  assert.equal(history.at(-1).id, page.data[0].id);
  assert.deepEqual(
    history.map(({ stream_position }) => stream_position),
    history.map((_, i) => i + 1),
  );
  assert.equal((await download(restored, `/v1/media/download/${medium.media_id}`)).text, "a recipe");
  const byToken = await fetch(`${again.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(byToken.status, 200);

  await restored.say(room, "another event in the place of the one that was lost");
  const first = async (since: string) => {
    const stream = await StreamClient.open(t, restored, { since });
    return [(await stream.next()).type, (await stream.next()).type];
  };
  assert.deepEqual(await first(known), ["hello", "swp.room.message"]);
  assert.deepEqual(await first(lost), ["hello", "reset"]);
});

test("a backup is whole however much is sent, uploaded and deleted while it is made", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await server.liftLimits();
  const room = await alice.roomWith([]);
  const folder = tempFolder(t);
  let isOver = false;
  const comeAndGo = async (who: number): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const medium = await uploaded(alice, `file ${who} ${i} ${"x".repeat(i % 5000)}`);
      const { id } = await send(alice, room, medium.media_id);
      if (i % 3 > 0) assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`, {}));
    }
  };
  const coming = [0, 1, 2].map(comeAndGo);
  try {
    for (let round = 0; round < rounds(20); round++) {
      const into = join(folder, `backup-${round}`);
      await backup(server.data, into, { clock: systemClock });
      await assertWhole(into);
    }
  } finally {
    isOver = true;
    await Promise.all(coming);
  }
});

test("DEL3 what was redacted before a backup is in no byte of it", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const [kept, gone] = [`kept-${"k".repeat(300)}`, `gone-${"g".repeat(300)}`];
  await alice.say(room, kept);
  const { id } = await alice.say(room, gone);
  assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`, {}));
  const into = join(tempFolder(t), "backup");
  await backup(server.data, into, { clock: systemClock });
  const bytes = readFileSync(join(into, "stairwell.db"));
  assert.deepEqual([bytes.includes(kept), bytes.includes(gone)], [true, false]);
  const modes = readdirSync(into).map((name) => statSync(join(into, name)).mode & 0o077);
  assert.deepEqual(new Set(modes), new Set([0]));
});

test("a backup or a restore that is stopped leaves its folder empty", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await uploaded(alice, "something");
  const folder = tempFolder(t);
  const stoppedAt = (what: string) => {
    const stop = new AbortController();
    const onProgress = (step: { what: string }): void => {
      if (step.what === what) stop.abort(new Error("enough"));
    };
    return { signal: stop.signal, onProgress, clock: systemClock };
  };
  const whole = join(folder, "whole");
  await backup(server.data, whole, { clock: systemClock });
  for (const what of ["store", "media"]) {
    const [part, data] = [join(folder, "part"), join(folder, "data")];
    await assert.rejects(backup(server.data, part, stoppedAt(what)), /enough/);
    await assert.rejects(restore(whole, data, stoppedAt(what)), /enough/);
    assert.deepEqual([readdirSync(part), readdirSync(data)], [[], []]);
  }
});

test("nothing is written over, and what is no whole backup is not restored", async (t) => {
  const server = await TestServer.start(t);
  await server.people("alice");
  const folder = tempFolder(t);
  const whole = join(folder, "whole");
  await backup(server.data, whole, { clock: systemClock });
  const kind = (expected: string) => (error: Error & { kind?: string }) => error.kind === expected;
  await assert.rejects(backup(server.data, whole, { clock: systemClock }), kind("conflict"));
  await assert.rejects(restore(whole, server.data), kind("conflict"));
  await assert.rejects(restore(join(folder, "nothing"), join(folder, "data")), kind("not_found"));
  const note = join(whole, "backup.json");
  const said = JSON.parse(readFileSync(note, "utf8")) as Record<string, unknown>;
  writeFileSync(note, JSON.stringify({ ...said, schema_version: 9999 }));
  await assert.rejects(restore(whole, join(folder, "data")), /schema version 9999/);
  writeFileSync(note, "{}");
  await assert.rejects(restore(whole, join(folder, "data")), /another version/);
  rmSync(note);
  await assert.rejects(restore(whole, join(folder, "data")), kind("not_found"));
});

test("a backup is not put into the data folder, where it would be lost with it", async (t) => {
  const server = await TestServer.start(t);
  await server.people("alice");
  for (const into of ["staging/copy", "blobs/../../" + basename(server.data) + "/copy", "copy"]) {
    const made = backup(server.data, join(server.data, into), { clock: systemClock });
    await assert.rejects(made, { kind: "conflict", message: /lies in the data folder .+: name a folder elsewhere/ });
  }
  assert(!existsSync(join(server.data, "copy")));
  await backup(server.data, `${server.data}-copy`, { clock: systemClock });
  t.after(() => rmSync(`${server.data}-copy`, { recursive: true, force: true }));
});

test("no server starts where a restore did not end", (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "restoring"), "");
  assert.throws(() => openSqlite({ folder, now: () => 0 }), /did not end: empty the folder, and restore again/);
});

test("a file that the data folder has lost is named, and the rest is backed up", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await uploaded(alice, "lost");
  await uploaded(alice, "kept");
  const [first] = blobFiles(server.data);
  rmSync(join(server.data, "blobs", "1", first!.slice(-2), first!));
  const into = join(tempFolder(t), "backup");
  const { lost, media } = await backup(server.data, into, { clock: systemClock });
  assert.deepEqual([lost.length, media, blobFiles(into).length], [1, 2, 1]);
  assert.match(lost[0]!, new RegExp(`${first}$`));
});

test("a file that is deleted between the copy of the store and its own is not spoken of: the store is copied again", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await uploaded(alice, "comes and goes");
  await uploaded(alice, "stays");
  await server.stop();
  const store = new DatabaseSync(join(server.data, "stairwell.db"));
  t.after(() => store.close());
  const passing = store.prepare("SELECT * FROM blobs ORDER BY blob_no LIMIT 1").get() as Record<string, string>;
  const forget = (): void => void store.prepare("DELETE FROM blobs WHERE blob_id = ?").run(passing.blob_id!);
  const columns = Object.keys(passing);
  const record = store.prepare(`INSERT INTO blobs (${columns.join()}) VALUES (${columns.map(() => "?").join()})`);
  const id = passing.blob_id!;
  let copies = 0;
  const onProgress = ({ what, done, total }: { what: string; done: number; total: number }): void => {
    if (what === "media" && copies === 0) record.run(...Object.values(passing));
    if (what !== "store" || done < total || ++copies > 1) return;
    forget();
    rmSync(join(server.data, "blobs", "1", id.slice(-2), id));
  };
  forget();
  const into = join(tempFolder(t), "backup");
  const { lost, media } = await backup(server.data, into, { clock: systemClock, onProgress });
  assert.deepEqual([copies, lost, media, blobFiles(into).length], [2, [], 1, 1]);
});
