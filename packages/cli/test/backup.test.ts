import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { S3Server, TestServer } from "@stairwell/testing";
import { configOf, stairwell, tempFolder } from "./command-line.ts";

test("a backup of a running server is made, verified, restored into an empty folder and into no other", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await alice.say(await alice.roomWith([]), "hello");
  const folder = tempFolder(t);
  const [copy, data] = [join(folder, "backup"), join(folder, "data")];
  const made = await stairwell("backup", copy, "--data", server.data, "--json");
  assert.deepEqual([made.code, made.messages], [0, ""]);
  const report = JSON.parse(made.data) as Record<string, unknown>;
  assert.deepEqual([report.folder, report.media, report.lost], [copy, 0, []]);
  const forPeople = await stairwell("verify", "--data", copy);
  assert.deepEqual([forPeople.code, forPeople.data], [0, "1 room, 4 events: all is well\n"]);
  assert.deepEqual(readdirSync(copy).sort(), ["backup.json", "restored", "secret", "stairwell.db"]);

  const restored = await stairwell("restore", copy, "--data", data, "--json");
  assert.deepEqual([restored.code, restored.messages], [0, ""]);
  const verified = (JSON.parse(restored.data) as { verified: Record<string, unknown> }).verified;
  assert.deepEqual([verified.ok, verified.rooms], [true, 1]);
  for (const args of [
    ["backup", copy, "--data", server.data],
    ["restore", copy, "--data", data],
    ["restore", copy, "--data", server.data],
  ]) {
    const refused = await stairwell(...args);
    assert.deepEqual([refused.code, refused.data], [5, ""], args.join(" "));
    assert.match(refused.messages, /is not empty, and nothing is written over/);
  }
});

test("a restore of a backup that was damaged says so", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const form = new FormData();
  form.set("file", new Blob(["a file"]), "file.txt");
  const headers = { authorization: `Bearer ${alice.credential}` };
  assert.equal((await fetch(`${server.url}/v1/media/upload`, { method: "POST", headers, body: form })).status, 201);
  const folder = tempFolder(t);
  const copy = join(folder, "backup");
  assert.equal((await stairwell("backup", copy, "--data", server.data)).code, 0);
  rmSync(join(copy, "blobs"), { recursive: true });
  const restored = await stairwell("restore", copy, "--data", join(folder, "data"));
  assert.equal(restored.code, 1);
  assert.match(restored.data, /the file is missing.*\n0 rooms, 0 events: 1 fault\n$/);
  assert.match(restored.messages, /The backup is damaged/);
});

test("verify leaves a copy of a stopped folder as it was", async (t) => {
  const server = await TestServer.start(t);
  await server.people("alice");
  await server.stop();
  const before = readdirSync(server.data).sort();
  assert.equal((await stairwell("verify", "--data", server.data)).code, 0);
  assert.deepEqual(readdirSync(server.data).sort(), before);
  rmSync(join(server.data, "lock"));
  assert.equal((await stairwell("verify", "--data", server.data)).code, 0);
  assert.ok(!existsSync(join(server.data, "stairwell.db-wal")));
});

test("a backup of rows that lie elsewhere is refused with what to do instead", async (t) => {
  const config = join(tempFolder(t), "stairwell.toml");
  writeFileSync(config, '[store]\nurl = "postgres://stairwell@127.0.0.1:1/stairwell"\n');
  for (const command of ["backup", "restore"]) {
    const { code, messages } = await stairwell(command, join(tempFolder(t), "copy"), "--config", config);
    assert.equal(code, 2);
    assert.match(messages, /PostgreSQL.* pg_dump.*bucket after them with its own tools.*docs\/operating\/backup\.md/);
  }
});

test("rows in a folder whose files are in a bucket are backed up and restored without those, and verified with them", async (t) => {
  const s3 = (await S3Server.shared()).options();
  const server = await TestServer.start(t, { media: { maxBytes: 1000, keepUnusedSeconds: 86_400, s3 } });
  const [alice] = await server.people("alice");
  const form = new FormData();
  form.set("file", new Blob(["in the bucket"]), "note.txt");
  const headers = { authorization: `Bearer ${alice.credential}` };
  assert.equal((await fetch(`${server.url}/v1/media/upload`, { method: "POST", headers, body: form })).status, 201);

  const folder = tempFolder(t);
  const [copy, data] = [join(folder, "copy"), join(folder, "data")];
  const config = configOf(t, s3);
  const made = await stairwell("backup", copy, "--data", server.data, "--config", config);
  assert.equal(made.code, 0, made.messages);
  assert.match(made.data, new RegExp(`^media +1 file, 13 bytes, in the bucket ${s3.bucket}$`, "m"));
  assert.match(made.messages, /Copy the bucket now, with its own tools/);
  assert.deepEqual(readdirSync(copy).sort(), ["backup.json", "restored", "secret", "stairwell.db"]);
  await server.stop();

  const without = await stairwell("restore", copy, "--data", data);
  assert.deepEqual([without.code, existsSync(data)], [5, false]);
  assert.match(without.messages, new RegExp(`are in the bucket ${s3.bucket}, or a copy of it: configure media\\.s3`));
  const restored = await stairwell("restore", copy, "--data", data, "--config", config);
  assert.deepEqual([restored.code, /all is well/.test(restored.data)], [0, true], restored.data + restored.messages);

  const elsewhere = configOf(t, { ...s3, prefix: "nothing-is-here/" });
  const lost = await stairwell("restore", copy, "--data", join(folder, "lost"), "--config", elsewhere);
  assert.deepEqual([lost.code, /the file is missing/.test(lost.data)], [1, true]);
  assert.match(lost.messages, /the bucket has them no more/);
});

test("a backup that has its files with it is not restored beside a bucket, where nobody would look for them", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const form = new FormData();
  form.set("file", new Blob(["in the folder"]), "note.txt");
  const headers = { authorization: `Bearer ${alice.credential}` };
  assert.equal((await fetch(`${server.url}/v1/media/upload`, { method: "POST", headers, body: form })).status, 201);
  const [copy, data] = [join(tempFolder(t), "copy"), join(tempFolder(t), "data")];
  assert.equal((await stairwell("backup", copy, "--data", server.data)).code, 0);
  const config = configOf(t, (await S3Server.shared()).options());
  const refused = await stairwell("restore", copy, "--data", data, "--config", config);
  assert.deepEqual([refused.code, existsSync(data)], [5, false]);
  assert.match(refused.messages, /has its files with it: restore it without media\.s3, and move them/);
});

test("a file in the place of a folder is named", async (t) => {
  const server = await TestServer.start(t);
  const file = join(tempFolder(t), "file");
  writeFileSync(file, "");
  const refused = await stairwell("backup", file, "--data", server.data);
  assert.deepEqual([refused.code, refused.messages], [5, `error: ${file} is no folder: name a new or an empty one.\n`]);
});
