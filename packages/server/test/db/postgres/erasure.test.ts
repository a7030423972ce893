import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLog, NO_LIMITS, startServer } from "@stairwell/server/testing";
import { assertOk, Person, PostgresCluster, rounds } from "@stairwell/testing";
import { filesWithAny } from "../../support/bytes.ts";
import { stranger } from "./stores.ts";

/** Too disordered to be compressed, and short enough to stand in its row: what is longer is docs/operating/deletion.md. */
const SIZES = [2, 50, 150, 400];

test("DEL3 short messages that were redacted leave the files of PostgreSQL's tables with the vacuum that follows", async (t) => {
  const cluster = await PostgresCluster.start({ isDurable: true });
  t.after(() => cluster.remove());
  const url = cluster.url("postgres");
  const folder = mkdtempSync(join(tmpdir(), "stairwell-erased-"));
  const running = await startServer({
    data: folder,
    store: { url },
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: createLog("silent"),
    erasurePace: { lead: 20, rest: 40, retry: 20 },
  });
  t.after(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const other = await stranger(t, url);
  const alice = await new Person(running.url, "alice", "dev-alice@dev").signIn();
  await running.setLimits("dev", NO_LIMITS);
  const room = await alice.roomWith([], { room_type: "public" });
  const tables = join(decodeURIComponent(new URL(url).hostname), "data", "base");
  /** What PostgreSQL has in memory is written to its files now and then; a checkpoint does it at once. */
  const inFiles = async (words: readonly string[]): Promise<number> => {
    await other.query("CHECKPOINT");
    return filesWithAny(tables, words).size;
  };
  for (let round = 0; round < rounds(20); round++) {
    const said: { word: string; id: string }[] = [];
    for (let i = 0; i < 12; i++) {
      const word = randomBytes(12 + SIZES[(i + round) % SIZES.length]!).toString("hex");
      said.push({ word, id: (await alice.say(room, word)).id });
    }
    assert.equal(await inFiles(said.map(({ word }) => word)), said.length);
    // The last in a page, one in the midst of it, and who is last after that.
    const gone = [11, 3, 10, 9, 5, 8].map((i) => said[i]!);
    for (const { id } of gone) assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
    const words = gone.map(({ word }) => word);
    const started = performance.now();
    while ((await inFiles(words)) > 0) assert(performance.now() - started < 60_000, `round ${round}: still found`);
    const kept = said.filter((message) => !gone.includes(message)).map(({ word }) => word);
    assert.equal(await inFiles(kept), kept.length);
  }
});
