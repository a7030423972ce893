import assert from "node:assert/strict";
import { existsSync, readdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { assertOk, ChildServer, freshSeed, launch, Random, rounds, TestServer } from "@stairwell/testing";
import { loadSecret } from "../../src/lib/secret.ts";
import { tempFolder } from "../support/store.ts";
import { assertSoundFolder, assertStarts } from "./journal.ts";

/** Starts a server and kills it so long after a file of this name appears in its folder, or after its start. */
async function startAndKill(data: string, file: string | undefined, afterMs: number): Promise<void> {
  const server = launch(data);
  const kill = (): void => void setTimeout(() => void server.kill("SIGKILL"), afterMs);
  if (file === undefined) kill();
  else {
    const watcher = watch(data, (_, name) => {
      if (name !== file) return;
      watcher.close();
      kill();
    });
  }
  await server.ended;
}

/** How far a start had come. */
function reached(data: string): string {
  if (!existsSync(join(data, "stairwell.db"))) return existsSync(join(data, "secret")) ? "secret" : "nothing";
  const db = new DatabaseSync(join(data, "stairwell.db"));
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    if (!tables.some(({ name }) => name === "schema_migrations")) return "empty store";
    const applied = db.prepare("SELECT count(*) AS n FROM schema_migrations").get() as { n: number };
    // A migration is there as a whole or not at all.
    assert.equal(tables.length > 1, applied.n > 0);
    return applied.n > 0 ? "migrated" : "unmigrated";
  } finally {
    db.close();
  }
}

test("a first start that is killed at any moment is made good by the next one", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const stages: Record<string, number> = {};
  for (let round = 0; round < rounds(100); round++) {
    const data = tempFolder(t);
    const context = `seed ${seed}, round ${round}`;
    // One start after another on the same folder, each killed.
    for (let kills = random.int(1, 3); kills > 0; kills--) {
      const isFirst = readdirSync(data).length === 0;
      const file = isFirst ? random.pick(["secret", "lock", "stairwell.db", "stairwell.db-wal", undefined]) : undefined;
      await startAndKill(data, file, file === undefined ? random.int(1, 800) : random.int(0, 12));
    }
    const stage = reached(data);
    stages[stage] = (stages[stage] ?? 0) + 1;
    await assertStarts(t, data, context);
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(stages)}`);
});

test("a start that was killed while it made the secret leaves the next one free, also under the same process id", (t) => {
  const data = tempFolder(t);
  writeFileSync(join(data, `secret.${process.pid}`), "half");
  const secret = loadSecret(data);
  assert.deepEqual(loadSecret(data), secret);
});

test("a later start that is killed changes nothing", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  await alice.say(room, "kept");
  await server.stop();
  const random = new Random(freshSeed());
  for (let round = 0; round < rounds(50); round++) {
    await startAndKill(server.data, undefined, random.int(1, 800));
    assert.equal(reached(server.data), "migrated");
  }
  const again = await ChildServer.start(t, { data: server.data });
  const history = await again.person("alice").history(room);
  assert.equal(history.at(-1).content.body, "kept");
  assertOk(await again.person("alice").post(`/v1/rooms/${room}/send`, { content: { body: "more" } }));
  await assertSoundFolder(server.data);
});
