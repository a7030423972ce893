import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { verifyBundle } from "@stairwell/server";
import { assertOk, type Person, TestServer } from "@stairwell/testing";

const FOLDER = join(import.meta.dirname, "../examples");

/** Runs an example of the documentation as whoever copies it would. */
function run(name: string, url: string, token: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(FOLDER, name), ...args], {
    env: { ...process.env, STAIRWELL_URL: url, STAIRWELL_TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** What an example says. */
async function saidBy(name: string, { url, credential }: Person, ...args: string[]): Promise<string> {
  const example = run(name, url, credential, ...args);
  const [said, [code]] = await Promise.all([text(example.stdout!), once(example, "close")]);
  assert.equal(code, 0, name);
  return said;
}

async function started(t: TestContext): Promise<{ server: TestServer; alice: Person; folder: string }> {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice", "bob");
  const folder = mkdtempSync(join(tmpdir(), "stairwell-examples-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { server, alice, folder };
}

test("the example of a first message says one", async (t) => {
  const { alice } = await started(t);
  assert.match(await saidBy("first-message.ts", alice), /^evt-\S+ is number 4 of #kitchen-\S+:dev\.localhost\n$/);
});

test("the example of refusals tells the refusal, and a server that is not there", async (t) => {
  const { alice } = await started(t);
  assert.match(await saidBy("refusals.ts", alice), /^404 SW_ROOM_NOT_FOUND .+ \S+\n$/);
  const nowhere = { url: "http://127.0.0.1:9", credential: "x" } as Person;
  assert.equal(await saidBy("refusals.ts", nowhere), "not reached\n");
});

test("the example of lists walks them", async (t) => {
  const { alice } = await started(t);
  const said = (await saidBy("paging.ts", alice)).trim().split("\n");
  assert.deepEqual(said.toSorted(), [
    "1 swp.room.create",
    "2 swp.room.member",
    "3 swp.room.workspace",
    "@alice:dev.localhost",
    "@bob:dev.localhost",
  ]);
});

test("the example of the stream hears a message and leaves", async (t) => {
  const { alice } = await started(t);
  const room = await alice.roomWith([]);
  const example = run("stream.ts", alice.url, alice.credential);
  const lines: string[] = [];
  let isAsked = false;
  for await (const part of example.stdout!) {
    lines.push(String(part));
    if (isAsked || !lines.join("").includes("hello")) continue;
    isAsked = true;
    await alice.say(room, "Soup!");
  }
  assert.match(lines.join(""), /^hello\nswp\.room\.message Soup!\nheard everything up to \S+\n$/);
});

test("the example of a bot answers whoever mentions it once, also what was said while it was away", async (t) => {
  const { server, alice, folder } = await started(t);
  const boss = await server.person("admin").signIn();
  const bot = assertOk(
    await boss.post("/v1/admin/participants", {
      local_id: "echo",
      participant_type: "bot",
      auto_join: true,
    }),
  ).data as { id: string; token: { token: string } };
  const room = await alice.roomWith([]);
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bot.id }));
  const ask = async (body: string): Promise<void> => {
    assertOk(await alice.post(`/v1/rooms/${room}/send`, { content: { body, mentions: [bot.id] } }));
  };

  const answered = new Set<string>();
  for (const questions of [["one"], ["two", "three"]]) {
    const isBack = answered.size > 0;
    const due = answered.size + questions.length;
    if (isBack) for (const question of questions) await ask(question);
    const example = run("bot.ts", alice.url, bot.token.token, join(folder, "cursor"));
    t.after(() => example.kill());
    const ended = once(example, "exit");
    const lines = createInterface(example.stdout!)[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, "@echo:dev.localhost listens");
    if (!isBack) for (const question of questions) await ask(question);
    while (answered.size < due) {
      const line = String((await lines.next()).value);
      assert.match(line, /^answered evt-/);
      answered.add(line);
    }
    example.kill();
    await ended;
  }
  const { data } = assertOk(await alice.get(`/v1/rooms/${room}/messages?limit=100`));
  const said = (data as { sender_id: string; content: { body?: string } }[]).filter(
    ({ sender_id: by }) => by === bot.id,
  );
  const answers = said.flatMap(({ content: { body } }) => body ?? []);
  assert.deepEqual(answers.toReversed(), ["You said: one", "You said: two", "You said: three"]);
});

test("the example of media sends a file and gets it back", async (t) => {
  const { alice, folder } = await started(t);
  const [path, copy] = [join(folder, "menu"), join(folder, "copy")];
  writeFileSync(path, "Soup, then cake.\n");
  const said = await saidBy("media.ts", alice, path, copy);
  assert.equal(said, "17 of 17 bytes\nmenu.txt: 17 bytes\n");
  assert.equal(readFileSync(copy, "utf8"), "Soup, then cake.\n");
});

test("the example of bundles exports a room and makes another of it", async (t) => {
  const { alice, folder } = await started(t);
  const path = join(folder, "kitchen.zip");
  const said = (await saidBy("bundles.ts", alice, path)).split("\n");
  assert.match(said[0]!, /^3 events and 0 bytes of media go to kitchen-\S+\.zip$/);
  assert.equal(said[1], "3 events, signature verified");
  assert.match(said[2]!, /^Kitchen is there again as room-\S+$/);
  assert.equal((await verifyBundle(path)).counts.events, 3);
});

test("every example is in the documentation, and is tested here", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/sdk.md"), "utf8");
  const tests = readFileSync(import.meta.filename, "utf8");
  for (const name of readdirSync(FOLDER)) {
    assert(page.includes(readFileSync(join(FOLDER, name), "utf8")), name);
    assert(tests.includes(`"${name}"`), name);
  }
});
