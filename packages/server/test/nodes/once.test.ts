import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { type BlobName, FileBlobStore } from "../../src/blobs/index.ts";
import { sweepMedia } from "../../src/media/index.ts";
import { everyHeld } from "../../src/nodes/index.ts";
import { sweepReceipts } from "../../src/receipts/index.ts";
import { Follower } from "../federation/follower.ts";
import { say } from "../federation/pair.ts";
import { type IdleNode, idleNodes } from "./idle-nodes.ts";
import { startNodes, wellBuses } from "./network.ts";
import { until } from "./until.ts";

const ROWS = 120;

type Time = "1" | "2";

/** Kept answers that count no longer, and files that are to go; all have a digit for their names' first. */
async function litter({ db }: IdleNode, time: Time): Promise<void> {
  await db.write("deployment", async (tx) => {
    for (let i = 0; i < ROWS; i++) {
      await tx.run(
        `INSERT INTO receipts (tenant_no, participant_no, operation, key, body_hash, status, reference, created_at)
         VALUES (1, 1, 'send', $1, '', 200, '{}', 0)`,
        `${time}-${i}`,
      );
      const blobId = `${time}0000000-0000-7000-8000-${String(i).padStart(12, "0")}`;
      await tx.run("INSERT INTO removed_blobs (tenant_no, blob_id) VALUES (1, $1)", blobId);
    }
  });
}

test("AP6 VS4 of three nodes one sweeps, and each file is taken away once, also where another takes over", async (t) => {
  const nodes = await idleNodes(t, 3);
  const folder = mkdtempSync(join(tmpdir(), "stairwell-once-"));
  const removed = new Map<IdleNode, string[]>();
  const faults: unknown[] = [];
  const loops = nodes.map((idle) => {
    const gone: string[] = [];
    removed.set(idle, gone);
    const files = new FileBlobStore(folder);
    const blobs = Object.assign(Object.create(files) as FileBlobStore, {
      remove: (names: readonly BlobName[]) => {
        gone.push(...names.map(({ blobId }) => blobId));
        return files.remove(names);
      },
      listBefore: files.listBefore.bind(files),
    });
    const sweep = async (db: IdleNode["db"], signal: AbortSignal): Promise<void> => {
      await sweepReceipts(db, Date.now(), signal);
      await sweepMedia({ db, blobs, clock: { now: () => Date.now() }, keepUnusedMs: 1 }, signal);
    };
    return everyHeld(idle.node.jobs, 5, sweep, (error) => faults.push(error));
  });
  t.after(async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    rmSync(folder, { recursive: true, force: true });
  });
  const left = async (db: IdleNode["db"]): Promise<number> =>
    (await db.get<{ n: number }>("SELECT (SELECT count(*) FROM receipts) + (SELECT count(*) FROM removed_blobs) AS n"))!
      .n;
  const sweepers = (time: Time): IdleNode[] =>
    nodes.filter((idle) => removed.get(idle)!.some((blobId) => blobId.startsWith(time)));

  await until(() => nodes.some(({ node }) => node.jobs.isHeld));
  await litter(nodes[0]!, "1");
  await until(async () => (await left(nodes[0]!.db)) === 0);
  const [first, ...others] = sweepers("1");
  assert.deepEqual(others, []);
  await loops[nodes.indexOf(first!)]!.stop();
  await first!.node.close();
  const next = nodes.find((idle) => idle !== first)!;
  await litter(next, "2");
  await until(async () => (await left(next.db)) === 0);
  assert.equal(sweepers("2").length, 1);
  const all = [...removed.values()].flat();
  assert.equal(all.length, 2 * ROWS, "each once");
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(faults, []);
});

test("FD16 of three nodes that all have something to tell another server, each event is told once and in order", async (t) => {
  const hosts = new Map<string, string>();
  const follower = await Follower.start(t, { hosts }, "far.localhost");
  const nodes = await startNodes(t, 3, { buses: wellBuses(), federation: { hosts } });
  const [ann, admin] = [await nodes[0].person("ann").signIn(), await nodes[0].person("admin").signIn()];
  assertOk(await admin.put("/v1/admin/federation/policy", { default_mode: "open" }));
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  await follower.join({ name: "dev.localhost", server: nodes[0] }, admin, room);
  const anns = await Promise.all(nodes.map((node) => node.person("ann").signIn()));
  const said: string[] = [];
  for (let i = 0; i < 10; i++) {
    const bodies = anns.map((_, n) => `${n} ${i}`);
    said.push(...bodies);
    await Promise.all(anns.map((person, n) => say(person, room, bodies[n]!)));
  }
  await until(() => new Set(follower.bodies(room)).size === said.length);
  // Nothing is under way any more, that could come a second time.
  await until(async () => {
    const peers = assertOk(await admin.get("/v1/admin/federation/peers")).data as { queued: number }[];
    return peers[0]!.queued === 0;
  });
  assert.deepEqual((follower.bodies(room) as string[]).toSorted(), said.toSorted());
  const positions = follower.positions(room);
  assert.deepEqual(
    positions,
    [...new Set(positions)].toSorted((a, b) => a - b),
  );
});
