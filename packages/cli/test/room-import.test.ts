import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { assertOk, TestServer } from "@stairwell/testing";
import { callingAs, stairwell, tempFolder } from "./command-line.ts";

test("BU20 a bundle is checked, imported, and refused with its reason where it is not whole", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([], { name: "Kitchen" });
  await alice.say(room, "Who cooks?");
  const file = join(tempFolder(t), "kitchen.zip");
  const by = callingAs(t, server.url, alice.credential);
  assert.equal((await stairwell("room", "export", room, "-o", file, ...by)).code, 0);
  const checked = await stairwell("room", "import", file, "--dry-run", "--json", ...by);
  assert.deepEqual([checked.code, checked.messages], [0, ""]);
  const dry = JSON.parse(checked.data) as { room_id: null; report: { events: number; signature: string } };
  assert.deepEqual([dry.room_id, dry.report.events, dry.report.signature], [null, 4, "verified"]);
  const imported = await stairwell("room", "import", file, "--json", ...by);
  assert.equal(imported.code, 0, imported.messages);
  const made = JSON.parse(imported.data) as { room_id: string; report: object };
  assert.deepEqual(made.report, dry.report);
  assert.equal(assertOk(await alice.get(`/v1/rooms/${made.room_id}`)).data.name, "Kitchen");
  const forPeople = await stairwell("room", "import", file, ...by);
  assert.match(forPeople.data, /Imported as room-.+\n4 events by 1 person,/);
  const unknown = await stairwell("room", "import", file, "--workspace", "ws-unknown", ...by);
  assert.equal(unknown.code, 4);
  truncateSync(file, 100);
  const cut = await stairwell("room", "import", file, ...by);
  assert.equal(cut.code, 1);
  assert.match(cut.messages, /the file does not end as a ZIP file does/);
  const folder = await stairwell("room", "import", dirname(file), ...by);
  assert.equal(folder.code, 1);
  assert.match(folder.messages, /it is a folder, and a file is needed/);
});

test("BU20 an import that is stopped says whether a room may have been made", async (t) => {
  const file = join(tempFolder(t), "large.zip");
  writeFileSync(file, Buffer.alloc(20_000_000));
  for (const [isTaken, said] of [
    [false, /stopped before all of it was sent: no room was made/],
    [true, /stopped while the server made the room: see whether it is there/],
  ] as const) {
    // It takes everything or nearly nothing, and never answers.
    const taken = new EventEmitter();
    const server = createServer((request) => {
      if (!isTaken) return void setImmediate(() => taken.emit("taken"));
      request.resume().once("end", () => taken.emit("taken"));
    });
    server.listen(0, "127.0.0.1");
    t.after(() => (server.closeAllConnections(), server.close()));
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const main = join(import.meta.dirname, "../src/main.ts");
    const running = spawn(process.execPath, [main, "room", "import", file, "--url", url], {
      env: { ...process.env, STAIRWELL_TOKEN: "dev-alice" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    await once(taken, "taken");
    running.kill("SIGINT");
    const messages = await text(running.stderr);
    assert.match(messages, said);
  }
});
