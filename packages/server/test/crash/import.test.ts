import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSqliteReader } from "@stairwell/server/testing";
import { assertOk, ChildServer, freshSeed, Random, rounds } from "@stairwell/testing";
import { importing } from "../bundles/importing.ts";
import { MEDIUM, MEDIUM_ENTRY } from "../bundles/workshop/good.ts";
import { makeManifest, type MadeEvent, sampleEvents } from "../bundles/workshop/manifest-maker.ts";
import { makeZip } from "../bundles/workshop/zip-maker.ts";
import { assertSoundFolder } from "./journal.ts";

/** Enough for several slices. */
const MESSAGES = 3000;

function bundle(): Buffer<ArrayBuffer> {
  const messages = Array.from({ length: MESSAGES }, (_, i): MadeEvent => ({
    type: "swp.room.message",
    content: { body: `${i}`, reply_to_event_id: "evt-far-3" },
  }));
  const manifest = makeManifest([...sampleEvents(MEDIUM), ...messages], [MEDIUM]);
  return makeZip([
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true },
    { name: MEDIUM_ENTRY, content: MEDIUM },
  ]);
}

test("BU14 a server that is killed while it imports has the whole room or nothing of it, and starts", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const whole = bundle();
  const server = await ChildServer.start(t, { withoutLimits: true });
  const figures = { crashes: 0, answered: 0, whole: 0, absent: 0, cut: 0 };
  let rooms = 0;
  for (let crash = 0; crash < rounds(100); crash++) {
    const context = `seed ${seed}, crash ${crash}`;
    const [alice] = await server.people("alice");
    const asked = importing(alice, whole).then(
      (answer) => assertOk(answer).status === 201,
      () => false,
    );
    // The moment of the crash is what is random here; half of them are while the log is written.
    const waiting = { isOver: false };
    void asked.then(() => (waiting.isOver = true));
    if (random.chance(0.5)) await begun(server, waiting);
    setTimeout(() => void server.kill("SIGKILL"), random.int(1, 800));
    const isAnswered = await asked;
    await server.ended;
    const left = await countsIn(server.data);
    figures.cut += left.unended;
    await server.startAgain();
    await forgotten(server);
    assert.deepEqual(readdirSync(join(server.data, "staging")), [], context);
    const { rooms: now, unended, events, media } = await countsIn(server.data);
    assert.equal(unended, 0, context);
    assert(now === rooms || now === rooms + 1, `${context}: ${now} rooms after ${rooms}`);
    if (isAnswered) assert.equal(now, rooms + 1, `${context}: an answer was lost`);
    // Every room is whole, and nothing is there that no room has.
    assert.equal(events, now * (4 + 2 + 8 + MESSAGES), context);
    assert.equal(media, now, context);
    figures.crashes++;
    figures.answered += Number(isAnswered);
    figures[now > rooms ? "whole" : "absent"]++;
    rooms = now;
  }
  await assertSoundFolder(server.data);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(figures)}`);
});

async function countsIn(folder: string) {
  const store = openSqliteReader(folder);
  try {
    const row = await store.get<{ rooms: number; unended: number; events: number; media: number }>(
      `SELECT (SELECT count(*) FROM rooms) AS rooms, (SELECT count(*) FROM imports WHERE last_seq IS NULL) AS unended,
         (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM media WHERE blob_no IS NOT NULL) AS media`,
    );
    return row!;
  } finally {
    await store.close();
  }
}

/** Waits until an import has written the beginning of its log. */
async function begun(server: ChildServer, waiting: { readonly isOver: boolean }): Promise<void> {
  while (!waiting.isOver && (await countsIn(server.data)).unended === 0)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until what a crash left is taken away. */
async function forgotten(server: ChildServer): Promise<void> {
  while ((await countsIn(server.data)).unended > 0) await server.person("alice").get("/v1/me");
}
