import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TestServer } from "@stairwell/testing";
import { stairwell, tempFolder } from "./command-line.ts";

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

test("a backup of rows and media that lie elsewhere is refused with what to do instead", async () => {
  const { mustBeEmbedded } = await import("../src/embedded-only.ts");
  mustBeEmbedded(["listen", "data", "media.max_bytes", "media.s3.region"]);
  assert.throws(() => mustBeEmbedded(["data", "store.url"]), /PostgreSQL.* pg_dump.*docs\/operating\/backup\.md/);
  assert.throws(() => mustBeEmbedded(["media.s3.endpoint"]), /bucket with its own tools/);
});

test("a file in the place of a folder is named", async (t) => {
  const server = await TestServer.start(t);
  const file = join(tempFolder(t), "file");
  writeFileSync(file, "");
  const refused = await stairwell("backup", file, "--data", server.data);
  assert.deepEqual([refused.code, refused.messages], [5, `error: ${file} is no folder: name a new or an empty one.\n`]);
});
