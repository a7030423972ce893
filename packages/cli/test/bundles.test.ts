import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { meaninglessAt, type Person, TestServer } from "@stairwell/testing";
import { callingAs, stairwell, tempFolder } from "./command-line.ts";

async function opened(t: TestContext) {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([], { name: "Kitchen" });
  await alice.say(room, "Who cooks?");
  const folder = tempFolder(t);
  const by = (who: Person) => callingAs(t, server.url, who.credential);
  return { server, alice, room, folder, by };
}

test("a room is exported to a file that its room gives the name, and verified without a server", async (t) => {
  const { server, alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  const made = await stairwell("room", "export", room, "-o", file, "--json", ...by(alice));
  assert.equal(made.code, 0, made.messages);
  assert.equal(made.messages, "");
  const { bytes, ...data } = JSON.parse(made.data) as { bytes: number };
  assert.deepEqual(data, { room_id: room, file, events: 4, media_bytes: 0 });
  assert.equal(bytes, readFileSync(file).length);
  assert.deepEqual(readdirSync(folder), ["kitchen.zip"]);
  await server.stop();
  const verified = await stairwell("bundle", "verify", file, "--json");
  assert.deepEqual([verified.code, verified.messages], [0, ""]);
  const report = JSON.parse(verified.data) as Record<string, unknown>;
  assert.deepEqual(
    [report.ok, report.name, report.events, report.signature, report.omitted],
    [true, "Kitchen", 4, "unverified", []],
  );
  const forPeople = await stairwell("bundle", "verify", file);
  assert.match(forPeople.data, /^.*kitchen\.zip: whole\n/);
  assert.match(forPeople.data, /signature +unverified\n[^]*\nnot proven +that it comes from dev\.localhost/);
  assert.match((await stairwell("bundle", "verify", folder)).messages, /it is a folder, and a file is needed/);
});

test("a room is imported through a named pipe as from a file", async (t) => {
  const { alice, room, folder, by } = await opened(t);
  const [file, pipe] = [join(folder, "kitchen.zip"), join(folder, "pipe")];
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  execFileSync("mkfifo", [pipe]);
  const writer = spawn("cp", [file, pipe], { stdio: "ignore" });
  t.after(() => writer.kill());
  const { code, data, messages } = await stairwell("room", "import", pipe, ...by(alice));
  assert.equal(code, 0, messages);
  assert.match(data, /^Imported as room-/);
  assert.equal((await stairwell("room", "import", join(folder, "none.zip"), ...by(alice))).code, 4);
});

interface Keys {
  server_name: string;
  public_key: string;
  keys: { key_id: string; public_key: string; valid_until: string | null; revoked_at: string | null }[];
}

async function keysOf(folder: string): Promise<Keys> {
  const { code, data, messages } = await stairwell("tenant", "key", "show", "dev", "--data", folder, "--json");
  assert.deepEqual([code, messages], [0, ""]);
  return JSON.parse(data) as Keys;
}

test("a signature is verified by the tenant's key, as it is shown, bare, or in a file, and another key refuses it", async (t) => {
  const { server, alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  const running = await keysOf(server.data);
  assert.match(running.public_key, /^ed25519:[A-Za-z0-9+/]{43}=$/);
  const shown = await stairwell("tenant", "key", "show", "dev", "--data", server.data);
  const keyFile = join(folder, "dev.keys");
  writeFileSync(keyFile, shown.data);
  const published = join(folder, "dev.json");
  writeFileSync(published, JSON.stringify(running));
  await server.stop();
  // Without a server the same is said.
  assert.deepEqual(await keysOf(server.data), running);
  for (const key of [running.public_key, running.public_key.slice("ed25519:".length), keyFile, published]) {
    const right = await stairwell("bundle", "verify", file, "--key", key, "--json");
    assert.deepEqual([right.code, right.messages], [0, ""], key);
    assert.equal((JSON.parse(right.data) as Record<string, unknown>).signature, "verified");
  }
  const other = Buffer.alloc(32, 7).toString("base64");
  const wrong = await stairwell("bundle", "verify", file, "--key", `ed25519:${other}`, "--json");
  assert.equal(wrong.code, 1);
  const { ok, pointer } = JSON.parse(wrong.data) as Record<string, unknown>;
  assert.deepEqual([ok, pointer], [false, "/signature"]);
  const several = join(folder, "several.keys");
  writeFileSync(several, `# of two servers\n\ned25519:${other}\n${running.public_key}\r\n`);
  assert.equal((await stairwell("bundle", "verify", file, "--key", several)).code, 0);
});

test("what is no key, nor a file of keys, is told as such", async (t) => {
  const { alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  const [empty, garbled] = [join(folder, "empty.keys"), join(folder, "garbled.keys")];
  const broken = join(folder, "broken.json");
  writeFileSync(broken, "{");
  writeFileSync(empty, "# nothing\n");
  writeFileSync(garbled, `ed25519:${Buffer.alloc(32).toString("base64")}\ned25519:short\n`);
  for (const [key, reason] of [
    ["short", /neither a public key, .+, nor a file/],
    ["ed25519:short", /32 bytes in base64/],
    [empty, /has no public key/],
    [garbled, /line 2 of .+ is no public key/],
    [broken, /is no JSON/],
  ] as const) {
    const { code, data, messages } = await stairwell("bundle", "verify", file, "--key", key);
    assert.deepEqual([code, data], [2, ""], key);
    assert.match(messages, reason);
  }
});

test("a key of earlier is in the file too, a revoked one is not taken from it", async (t) => {
  const { server, alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  const [first] = (await keysOf(server.data)).keys;
  const set = (revokedAt: number | null) =>
    server.db.write("deployment", (tx) =>
      tx.run("UPDATE tenant_keys SET valid_until = $1, revoked_at = $2", Date.now() + 3_600_000, revokedAt),
    );
  const keyFile = join(folder, "dev.keys");
  const verified = async () => {
    writeFileSync(keyFile, (await stairwell("tenant", "key", "show", "dev", "--data", server.data)).data);
    return (await stairwell("bundle", "verify", file, "--key", keyFile)).code;
  };
  await set(null);
  assert.notEqual((await keysOf(server.data)).keys[0]!.valid_until, null);
  assert.equal(await verified(), 0);
  await set(Date.now());
  writeFileSync(keyFile, JSON.stringify(await keysOf(server.data)));
  assert.equal((await stairwell("bundle", "verify", file, "--key", keyFile)).code, 2);
  const { public_key, keys } = await keysOf(server.data);
  assert.deepEqual([public_key, keys[0]!.key_id], [null, first!.key_id]);
  assert.equal(await verified(), 2);
  assert.equal((await stairwell("tenant", "key", "show", "nobody", "--data", server.data)).code, 4);
});

test("a bundle that is larger than is configured is told so", async (t) => {
  const { alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  const config = join(folder, "stairwell.toml");
  writeFileSync(config, "bundles.max_bytes = 100\n");
  const { code, data } = await stairwell("bundle", "verify", file, "--config", config);
  assert.equal(code, 1);
  assert.match(data, /larger than 100 bytes/);
});

test("a bundle with any fault ends in code 1, with the entry and the reason; one that is not there in 4", async (t) => {
  const { alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += 97) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0x10;
    writeFileSync(file, bytes);
    const { code, data, messages } = await stairwell("bundle", "verify", file);
    if (code === 0) assert.notEqual(meaninglessAt(whole, at, 4), undefined, `a flipped bit at ${at} went through`);
    else assert.match(data, /not valid\n.+/, messages);
  }
  writeFileSync(file, whole.subarray(0, whole.length / 2));
  assert.equal((await stairwell("bundle", "verify", file)).code, 1);
  assert.equal((await stairwell("bundle", "verify", join(folder, "nothing.zip"))).code, 4);
});

test("an export of a room that is there for others, or to a file that is there already, says so and writes nothing", async (t) => {
  const { server, alice, room, folder, by } = await opened(t);
  const bob = await server.person("bob").signIn();
  const file = join(folder, "kitchen.zip");
  const refused = await stairwell("room", "export", room, "-o", file, ...by(bob));
  assert.deepEqual([refused.code, readdirSync(folder)], [4, []]);
  assert.equal((await stairwell("room", "export", room, "-o", file, "--url", server.url)).code, 2);
  writeFileSync(file, "mine");
  const there = await stairwell("room", "export", room, "-o", file, ...by(alice));
  assert.deepEqual([there.code, readFileSync(file, "utf8")], [2, "mine"]);
  assert.equal((await stairwell("room", "export", room, "-o", file, "--force", ...by(alice))).code, 0);
  assert.equal((await stairwell("bundle", "verify", file)).code, 0);
});

test("an export by alias finds the room; one that ends in the middle leaves no file", async (t) => {
  const { alice, folder, by } = await opened(t);
  const lobby = await alice.roomWith([], { name: "Lobby", room_type: "public" });
  const alias = (await alice.get(`/v1/rooms/${lobby}`)).data.room_alias as string;
  const file = join(folder, "lobby.zip");
  const made = await stairwell("room", "export", alias, "-o", file, "--json", ...by(alice));
  assert.deepEqual([made.code, (JSON.parse(made.data) as { room_id: string }).room_id], [0, lobby]);
  const broken = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/zip", "x-stairwell-events": "9" });
    response.write("PK");
    setImmediate(() => response.destroy());
  });
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
  t.after(() => broken.close());
  const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  const cut = join(folder, "cut.zip");
  const ended = await stairwell("room", "export", lobby, "-o", cut, ...callingAs(t, url, alice.credential));
  assert.equal(ended.code, 1);
  assert.match(ended.messages, /ended the export in the middle; nothing was written/);
  assert.deepEqual([existsSync(cut), existsSync(`${cut}.part`)], [false, false]);
});
