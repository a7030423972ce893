import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { blobStoreOf, verify } from "@stairwell/server/testing";
import { ChildServer, freshSeed, Random, rounds } from "@stairwell/testing";
import { download, send, until, upload } from "./kit.ts";

const UPLOADERS = 8;

async function namesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test("DEL2 a server that is killed while files come keeps all it answered, names none that is not there, and sweeps the rest", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const server = await ChildServer.start(t, { withoutLimits: true });
  const figures = { crashes: 0, answered: 0, orphans: 0 };
  for (let left = rounds(40); left > 0; left--) {
    const [alice] = await server.people("alice");
    const hidden = await alice.roomWith([], { room_type: "incognito" });
    const plain = await alice.roomWith([]);
    const answered: { id: string; text: string }[] = [];
    const hasBegun = Promise.withResolvers<void>();
    let isOver = false;
    const uploading = Array.from({ length: UPLOADERS }, async (_, i) => {
      for (let n = 0; !isOver; n++) {
        const text = `${left} ${i} ${n} `.repeat(1 + random.int(0, 20_000));
        const room = i % 2 === 0 ? plain : hidden;
        const { status, data } = await upload(alice, text, { room });
        assert.equal(status, 201);
        answered.push({ id: data.media_id, text });
        hasBegun.resolve();
        await send(alice, room, data.media_id);
      }
    });
    await hasBegun.promise;
    setTimeout(
      () => {
        isOver = true;
        void server.kill("SIGKILL");
      },
      random.int(0, 550),
    );
    await Promise.allSettled(uploading);
    await server.ended;
    await server.startAgain();
    figures.crashes++;
    figures.answered += answered.length;

    const reader = await server.openReader();
    try {
      const rows = await reader.all<{ blob_id: string }>("SELECT blob_id FROM blobs");
      const known = new Set(rows.map((row) => row.blob_id));
      const blobs = join(server.data, "blobs");
      figures.orphans += (await namesIn(blobs)).filter((name) => !known.has(name)).length;
      await until(async () => (await namesIn(blobs)).length === known.size);
      assert.deepEqual((await namesIn(blobs)).sort(), [...known].sort());
      assert.deepEqual(await namesIn(join(server.data, "staging")), []);
      const { findings } = await verify(reader, undefined, blobStoreOf(server.data));
      assert.deepEqual(findings, [], `seed ${seed}`);
    } finally {
      await reader.close();
    }
    const again = server.person("alice");
    for (const { id, text } of answered) {
      assert.equal((await download(again, `/v1/media/download/${id}`, { url: server.url })).text, text, `seed ${seed}`);
    }
  }
  assert(figures.answered > 0);
  t.diagnostic(JSON.stringify(figures));
});
