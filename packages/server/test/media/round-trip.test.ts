import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, TestServer } from "@stairwell/testing";
import { verify } from "@stairwell/server/testing";
import { download, files, png, send, sha256, upload, uploaded } from "./kit.ts";

test("VS4 what is uploaded is its uploader's, and with a message of everybody who can read that", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob]);
  const bytes = await png(640, 480);
  const answer = await upload(alice, bytes, { name: "picture.png" });
  assert.equal(answer.status, 201, JSON.stringify(answer.error));
  const medium = answer.data;
  const { media_id, thumbnail_id } = medium;
  assert.match(media_id, /^med-/);
  assert.match(thumbnail_id, /^med-/);
  assert.deepEqual(medium, {
    media_id,
    name: "picture.png",
    sha256: sha256(bytes),
    size: bytes.length,
    mime_type: "image/png",
    width: 640,
    height: 480,
    thumbnail_id,
    uploader_id: alice.id,
    origin: null,
    fetched: true,
    created_at: medium.created_at,
  });
  const paths = [
    `/v1/media/download/${media_id}`,
    `/v1/media/download/${media_id}/thumbnail`,
    `/v1/media/download/${thumbnail_id}`,
  ];
  assert.deepEqual((await download(alice, paths[0]!)).bytes, bytes);
  for (const path of paths) {
    assert.equal((await download(alice, path)).status, 200);
    assert.equal((await download(bob, path)).status, 404);
  }
  const event = await send(alice, room, media_id, { body: "look" });
  assert.deepEqual(event.content, { msgtype: "swp.media", media_id, body: "look" });
  for (const path of paths) {
    assert.equal((await download(bob, path)).status, 200);
    assert.equal((await download(carol, path)).status, 404);
  }
  assert.deepEqual((await bob.history(room)).at(-1).content, event.content);
  assert.deepEqual(assertOk(await bob.get(`/v1/media/${media_id}/info`)).data, medium);
  const small = await download(bob, paths[1]!);
  assert.equal(small.headers.get("content-type"), "image/webp");
  const thumb = assertOk(await bob.get(`/v1/media/${thumbnail_id}/info`)).data;
  assert.deepEqual([thumb.width, thumb.height, thumb.size], [320, 240, small.bytes.length]);
  assert.deepEqual((await verify(server.db)).findings, []);
});

test("the same bytes are stored once, however often and by whomever they come", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const first = await uploaded(alice, "the same", { name: "one.txt" });
  const second = await uploaded(bob, "the same", { name: "two.txt" });
  assert.notEqual(first.media_id, second.media_id);
  assert.deepEqual([second.name, second.sha256], ["two.txt", first.sha256]);
  const { n } = (await server.db.get<{ n: number }>("SELECT count(*) AS n FROM blobs"))!;
  assert.equal(n, 1);
  const { bytes } = (await server.db.get<{ bytes: number }>("SELECT bytes FROM storage"))!;
  assert.equal(bytes, "the same".length);
  assert.equal((await download(bob, `/v1/media/download/${second.media_id}`)).text, "the same");
  assert.equal((await download(bob, `/v1/media/download/${first.media_id}`)).status, 404);
  assert.deepEqual((await files(server)).staged, []);
});

test("AP6 an upload with the same key is one medium, and another file is refused", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const first = await upload(alice, "hello", { key: "k-1" });
  const again = await upload(alice, "hello", { key: "k-1" });
  assert.deepEqual([again.status, again.data], [201, first.data]);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assertRefused(await upload(alice, "hullo", { key: "k-1" }), 409, "SW_IDEMPOTENCY_CONFLICT");
  assert.equal((await server.db.all("SELECT 1 FROM media")).length, 1);
});
