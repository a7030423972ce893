import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Person, TestServer } from "@stairwell/testing";
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
  assert.match(forPeople.data, /signature +unverified/);
});

test("a signature is verified by the key that is given, and another key refuses it", async (t) => {
  const { server, alice, room, folder, by } = await opened(t);
  const file = join(folder, "kitchen.zip");
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by(alice))).code, 0);
  const key = await server.db.get<{ public_key: string }>(
    "SELECT k.public_key FROM tenant_keys k JOIN tenants t ON t.tenant_no = k.tenant_no WHERE t.slug = 'dev'",
  );
  const right = await stairwell("bundle", "verify", file, "--key", key!.public_key, "--json");
  assert.equal(right.code, 0);
  assert.equal((JSON.parse(right.data) as Record<string, unknown>).signature, "verified");
  const other = await stairwell("bundle", "verify", file, "--key", Buffer.alloc(32, 7).toString("base64"), "--json");
  assert.equal(other.code, 1);
  const { ok, pointer } = JSON.parse(other.data) as Record<string, unknown>;
  assert.deepEqual([ok, pointer], [false, "/signature"]);
  assert.equal((await stairwell("bundle", "verify", file, "--key", "short")).code, 2);
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
    // The time in a header is nobody's to check.
    if (code === 0) assert(isTime(whole, at), `a flipped bit at ${at} went through`);
    else assert.match(data, /not valid\n.+/, messages);
  }
  writeFileSync(file, whole.subarray(0, whole.length / 2));
  assert.equal((await stairwell("bundle", "verify", file)).code, 1);
  assert.equal((await stairwell("bundle", "verify", join(folder, "nothing.zip"))).code, 4);
});

/** Whether a byte is of a time or of the file's mode in one of the two headers of the only entry. */
function isTime(zip: Buffer, at: number): boolean {
  const central = zip.lastIndexOf("PK\u0001\u0002", undefined, "latin1");
  const extra = central + 46 + "manifest.json".length;
  const inHeader = (start: number): boolean => at >= start && at < start + 4;
  return inHeader(10) || inHeader(central + 12) || at >= extra || inHeader(central + 38) || inHeader(central + 4);
}

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
  assert.match(ended.messages, /ended the export in the middle/);
  assert.deepEqual([existsSync(cut), existsSync(`${cut}.part`)], [false, false]);
});
