import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type BlobStore, blobStoreOf, verify } from "@stairwell/server/testing";
import { assertOk, assertRefused, rounds, TestServer } from "@stairwell/testing";
import { Staging } from "../../src/blobs/index.ts";
import { sweepMedia, sweepOrphans } from "../../src/media/index.ts";
import { download, files, png, send, until, upload, uploaded } from "./kit.ts";

const NAME = "a-name-like-no-other-93c1.txt";

/** Whether any file of the server's data has this text in it. */
async function isAnywhere(server: TestServer, text: string): Promise<boolean> {
  const { blobs, staged } = await files(server);
  const store = ["stairwell.db", "stairwell.db-wal"].map((name) => join(server.data, name));
  for (const path of [...blobs, ...staged, ...store]) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) return true;
  }
  return false;
}

function blobsOf({ data, s3 }: TestServer): BlobStore {
  return blobStoreOf(data, s3);
}

function sweepOf(server: TestServer, keepUnusedMs = 86_400_000) {
  return { db: server.db, blobs: blobsOf(server), clock: { now: () => Date.now() }, keepUnusedMs };
}

/** What a crash between a file and its row leaves. */
async function leaveOrphan(server: TestServer): Promise<void> {
  const staging = await Staging.open(join(server.data, "another staging"));
  const staged = await staging.receive(Readable.from([Buffer.from("left by a crash")]), 100);
  await blobsOf(server).put({ tenantNo: 1, blobId: randomUUID() }, staged);
}

async function later(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("DEL1 DEL3 a redacted file is gone at once for everybody, and soon from every file of the store", async (t) => {
  const server = await TestServer.start(t, { erasurePace: { lead: 10, rest: 10, retry: 10 } });
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const content = "content like no other 51f7";
  const { media_id, sha256 } = await uploaded(alice, content, { name: NAME });
  const event = await send(alice, room, media_id);
  assert(await isAnywhere(server, content));
  assertOk(await bob.get(`/v1/media/${media_id}/info`));
  assertOk(await alice.post(`/v1/rooms/${room}/events/${event.id}/redact`));
  for (const who of [alice, bob]) {
    assertRefused(await who.get(`/v1/media/${media_id}/info`), 404, "SW_MEDIA_NOT_FOUND");
    assert.equal((await download(who, `/v1/media/download/${media_id}`)).status, 404);
  }
  await until(async () => !(await isAnywhere(server, content)));
  await until(async () => !(await isAnywhere(server, NAME)));
  await until(async () => !(await isAnywhere(server, sha256)));
  assert.deepEqual((await server.db.all("SELECT bytes FROM storage"))[0], { bytes: 0 });
  assert.deepEqual((await verify(server.db, undefined, blobsOf(server))).findings, []);
});

test("EV4 a file that another message names too outlives a redaction", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const { media_id } = await uploaded(alice, "twice");
  const first = await send(alice, room, media_id);
  const second = await send(bob, room, media_id);
  assertOk(await alice.post(`/v1/rooms/${room}/events/${first.id}/redact`));
  assert.equal((await download(bob, `/v1/media/download/${media_id}`)).text, "twice");
  assertOk(await bob.post(`/v1/rooms/${room}/events/${second.id}/redact`));
  assert.equal((await download(bob, `/v1/media/download/${media_id}`)).status, 404);
});

test("DEL2 what is uploaded for an incognito room lies encrypted, ranges and all, and the close ends it", async (t) => {
  const server = await TestServer.start(t, { erasurePace: { lead: 10, rest: 10, retry: 10 } });
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob], { room_type: "incognito" });
  const piece = "a secret like no other 77d2 ";
  const content = piece.repeat(8000);
  const medium = await uploaded(alice, content, { name: NAME, room });
  const picture = await uploaded(alice, await png(400, 300), { room });
  await send(alice, room, medium.media_id);
  await send(alice, room, picture.media_id);
  assert.deepEqual(
    [await isAnywhere(server, piece), await isAnywhere(server, NAME), await isAnywhere(server, medium.sha256)],
    [false, false, false],
  );
  const path = `/v1/media/download/${medium.media_id}`;
  assert.equal((await download(bob, path)).text, content);
  for (const [from, to] of [
    [0, 0],
    [65_535, 65_536],
    [65_536, 131_071],
    [100_000, 223_999],
  ] as const) {
    const part = await download(bob, path, { headers: { range: `bytes=${from}-${to}` } });
    assert.deepEqual([part.status, part.text], [206, content.slice(from, to + 1)]);
  }
  assert.match((await download(bob, path)).headers.get("cache-control")!, /no-store/);
  assert.equal((await download(bob, `/v1/media/download/${picture.media_id}/thumbnail`)).status, 200);
  assert.deepEqual((await verify(server.db, undefined, blobsOf(server))).findings, []);

  assertRefused(await upload(carol, "x", { room }), 404, "SW_ROOM_NOT_FOUND");
  assertOk(await alice.post(`/v1/rooms/${room}/close`));
  for (const who of [alice, bob]) assert.equal((await download(who, path)).status, 404);
  assert.deepEqual(assertOk(await bob.get(`/v1/rooms/${room}/files`)).data, []);
  assertRefused(await upload(alice, "x", { room }), 409, "SW_ROOM_FROZEN");
  await until(async () => (await files(server)).blobs.length === 0);
  assert.deepEqual((await verify(server.db, undefined, blobsOf(server))).findings, []);
});

test("DEL2 a file is sent where it was uploaded for: none of an incognito room leaves it, and none in the clear enters", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const hidden = await alice.roomWith([], { room_type: "incognito" });
  const another = await alice.roomWith([], { room_type: "incognito" });
  const plain = await alice.roomWith([]);
  const sealed = await uploaded(alice, "for the hidden", { room: hidden });
  const clear = await uploaded(alice, "for anywhere", { room: plain });
  const name = (room: string, { media_id }: { media_id: string }) =>
    alice.post(`/v1/rooms/${room}/send`, { content: { media_id } });
  for (const [room, medium] of [
    [plain, sealed],
    [another, sealed],
    [hidden, clear],
  ] as const) {
    assertRefused(await name(room, medium), 400, "SW_ROOM_TYPE_INVARIANT", "DEL2");
  }
  assertOk(await name(hidden, sealed));
  assertOk(await name(plain, clear));
});

test("what no message names is deleted after a while, with its thumbnail; what one names stays", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const loose = await uploaded(alice, await png(10, 10));
  const named = await uploaded(alice, await png(11, 11));
  await send(alice, room, named.media_id);
  await sweepMedia(sweepOf(server));
  assert.equal((await download(alice, `/v1/media/download/${loose.media_id}`)).status, 200);
  await sweepMedia(sweepOf(server, -1));
  for (const id of [loose.media_id, loose.thumbnail_id]) {
    assert.equal((await download(alice, `/v1/media/download/${id}`)).status, 404);
  }
  assert.equal((await download(alice, `/v1/media/download/${named.thumbnail_id}`)).status, 200);
  assert.equal((await files(server)).blobs.length, 2);
  assert.deepEqual((await verify(server.db, undefined, blobsOf(server))).findings, []);
});

test("a message that names a file while it is swept has it whole, or is refused", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await server.liftLimits();
  const room = await alice.roomWith([]);
  const outcomes = { kept: 0, swept: 0 };
  for (let i = 0; i < rounds(200); i++) {
    const { media_id } = await uploaded(alice, `round ${i}`);
    const [sent] = await Promise.all([
      alice.post(`/v1/rooms/${room}/send`, { content: { media_id } }),
      later(i % 8).then(() => sweepMedia(sweepOf(server, -1))),
    ]);
    const got = await download(alice, `/v1/media/download/${media_id}`);
    if (sent.status === 201) assert.deepEqual([got.status, got.text], [200, `round ${i}`]);
    else assert.deepEqual([sent.error.code, got.status], ["SW_MEDIA_NOT_FOUND", 404]);
    outcomes[sent.status === 201 ? "kept" : "swept"]++;
  }
  t.diagnostic(JSON.stringify(outcomes));
  assert.deepEqual((await verify(server.db, undefined, blobsOf(server))).findings, []);
});

test("a file without a row is an orphan, and swept; one with a row never is", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await uploaded(alice, "known");
  const known = (await files(server)).blobs;
  await leaveOrphan(server);
  assert.equal((await files(server)).blobs.length, 2);
  assert.equal(await sweepOrphans(sweepOf(server), [1], Date.now() - 60_000), 0, "it may be under way");
  assert.equal(await sweepOrphans(sweepOf(server), [1], Date.now() + 60_000), 1);
  assert.deepEqual((await files(server)).blobs, known);
});

test("verify finds a file that is missing, and one that is not what was uploaded", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const { media_id } = await uploaded(alice, "as it was");
  const [path] = (await files(server)).blobs;
  const problems = async () => {
    const { findings } = await verify(server.db, undefined, blobsOf(server));
    return findings.map(({ problem }) => problem);
  };
  await writeFile(path!, "otherwise");
  assert.deepEqual(await problems(), [`${media_id}: the file is not what was uploaded`]);
  const { blob_id } = (await server.db.get<{ blob_id: string }>("SELECT blob_id FROM blobs"))!;
  await blobsOf(server).remove([{ tenantNo: 1, blobId: blob_id }]);
  assert.deepEqual(await problems(), [`${media_id}: the file is missing, or cannot be read`]);
  await server.db.write("deployment", (tx) => tx.run("UPDATE storage SET bytes = bytes + 1"));
  assert((await problems()).includes("1 tenants do not count the bytes that their files have"));
});
