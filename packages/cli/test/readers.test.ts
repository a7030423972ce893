import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, type StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { freePort, isListening, TestServer } from "@stairwell/testing";
import { callingAs, tempFolder } from "./command-line.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
/** How a shell tells of SIGPIPE. */
const ENDED_BY_SIGPIPE = 141;

function start(t: TestContext, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], { stdio });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

/** A pipe to write to whose reader has gone. */
function unread(t: TestContext): number {
  const path = join(tempFolder(t), "pipe");
  execFileSync("mkfifo", [path]);
  const both = openSync(path, "r+");
  const end = openSync(path, "w");
  closeSync(both);
  t.after(() => closeSync(end));
  return end;
}

async function ended(child: ChildProcess) {
  const [data, messages, [code]] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, data, messages };
}

test("a command whose output nobody reads ends without a word, as by SIGPIPE", async (t) => {
  const commands = [["--help"], ["migrate", "--help"], ["config", "print"], ["config", "print", "--json"]];
  for (const args of commands) {
    const found = await ended(start(t, args, ["ignore", unread(t), "pipe"]));
    assert.deepEqual(found, { code: ENDED_BY_SIGPIPE, data: "", messages: "" }, args.join(" "));
  }
  const found = await ended(start(t, ["config", "pint"], ["ignore", "pipe", unread(t)]));
  assert.deepEqual(found, { code: ENDED_BY_SIGPIPE, data: "", messages: "" });
});

test("a command says that its output could not be written where the disk is full", async (t) => {
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  const found = await ended(start(t, ["config", "print"], ["ignore", full, "pipe"]));
  assert.deepEqual(found, { code: 1, data: "", messages: "error: a file could not be written: the disk is full\n" });
});

test("an export to stdout whose reader goes in the middle ends without a word", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([], { name: "Kitchen" });
  // More than a pipe and whoever reads it hold.
  for (let i = 0; i < 20; i++) await alice.say(room, randomBytes(16_000).toString("base64"));
  const args = ["room", "export", room, "-o", "-", ...callingAs(t, server.url, alice.credential)];
  const child = start(t, args, ["ignore", "pipe", "pipe"]);
  const [messages, closed] = [text(child.stderr!), once(child, "close")];
  await once(child.stdout!, "data");
  child.stdout!.destroy();
  assert.deepEqual([await closed, await messages], [[ENDED_BY_SIGPIPE, null], ""]);
});

test("an export to stdout that ends in the middle says that what came is no bundle", async (t) => {
  const cut = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/zip", "x-stairwell-events": "9" });
    response.write("PK", () => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(cut, "listening");
  t.after(() => cut.close());
  const url = `http://127.0.0.1:${(cut.address() as AddressInfo).port}`;
  const args = ["room", "export", "room-1", "-o", "-", ...callingAs(t, url, "dev-alice")];
  const { code, messages } = await ended(start(t, args, ["ignore", "pipe", "pipe"]));
  assert.equal(code, 1);
  assert.match(messages, /ended the export in the middle; what came of it is no whole bundle/);
});

test("a server serves on where nobody reads what it says, and stops in good order", async (t) => {
  const port = await freePort();
  const folder = join(tempFolder(t), "data");
  const args = ["serve", "--dev", "--data", folder, "--listen", `127.0.0.1:${port}`];
  const child = start(t, args, ["ignore", unread(t), "pipe"]);
  const end = ended(child);
  for (let looks = 0; !(await isListening(port)); looks++) {
    assert(looks < 3000, "it does not listen");
    await wait(20);
  }
  const me = await fetch(`http://127.0.0.1:${port}/v1/me`, { headers: { authorization: "Bearer dev-alice" } });
  assert.equal(me.status, 200);
  child.kill("SIGTERM");
  const { code, messages } = await end;
  assert.deepEqual([code, messages.includes('"error"')], [0, false], messages);
});
