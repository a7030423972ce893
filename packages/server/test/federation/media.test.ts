import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertOk, assertRefused, StreamClient, TestClock } from "@stairwell/testing";
import { verifyBundle } from "../../src/bundles/verify-file.ts";
import { download, files, type Loose, png, send, sha256, uploaded } from "../media/kit.ts";
import { fileOf, get, info, sendFile, watched } from "./media-kit.ts";
import { pair, shared } from "./pair.ts";
import { roomAt, settled, sound, until } from "./settle.ts";

test("FD19 a file crosses by its hash: told of at once, fetched when it is first read, then like any other", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const watch = await watched(t, world, b);
  const stream = await StreamClient.open(t, ann);
  const picture = await png(640, 400);
  const { event, sha256: hash } = await sendFile(bob, room, picture, "a picture.png");
  const frame = await stream.find((each) => each["id"] === event.id);
  const mediaId = await fileOf(ann, room, event.id);
  assert.equal((frame["content"] as Loose).media_id, mediaId);
  const told = await info(ann, mediaId);
  assert.deepEqual(
    [told.name, told.sha256, told.size, told.mime_type, told.origin, told.fetched, told.width, told.thumbnail_id],
    ["a picture.png", hash, picture.length, "image/png", b.name, false, null, null],
  );
  const listed = assertOk(await ann.get(`/v1/rooms/${room}/files`)).data as Loose[];
  assert.deepEqual([listed.length, listed[0].media.media_id, listed[0].event_id], [1, mediaId, event.id]);
  assert.equal(listed[0].media.uploader_id, event.sender_id === undefined ? undefined : told.uploader_id);

  const head = await get(ann, mediaId, {}, "HEAD");
  assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(picture.length)]);
  assert.equal(head.headers.get("content-type"), "application/octet-stream");
  const known = await get(ann, mediaId, { "if-none-match": `"${hash}"` });
  assert.equal(known.status, 304);
  assert.deepEqual([watch.asked.length, (await files(a.server)).blobs.length], [0, 0]);

  const part = await get(ann, mediaId, { range: "bytes=10-19" });
  assert.equal(part.status, 206);
  assert.deepEqual(part.bytes, picture.subarray(10, 20));
  const whole = await get(ann, mediaId);
  assert.deepEqual([whole.status, whole.bytes.equals(picture)], [200, true]);
  assert.equal(whole.headers.get("content-type"), "image/png");
  const after = await info(ann, mediaId);
  assert.deepEqual([after.fetched, after.width, after.height, after.origin], [true, 640, 400, b.name]);
  const small = await download(ann, `/v1/media/download/${mediaId}/thumbnail`);
  assert.deepEqual([small.status, small.headers.get("content-type")], [200, "image/webp"]);
  assert.equal(watch.asked.length, 1);
  assert.equal(watch.asked[0], `/_stairwell/federation/v1/rooms/${room}/media/${hash}`);
  assert.equal((await files(a.server)).staged.length, 0);

  // The other way: from the hub to a replica, by a link and by the thumbnail first.
  const back = await sendFile(ann, room, await png(500, 300, 7), "back.png");
  const theirs = await fileOf(bob, room, back.event.id);
  const thumbnail = await download(bob, `/v1/media/download/${theirs}/thumbnail`);
  assert.deepEqual([thumbnail.status, thumbnail.headers.get("content-type")], [200, "image/webp"]);
  const link = assertOk(await bob.get(`/v1/media/signed/${theirs}`)).data as { url: string };
  const linked = await download(undefined, link.url, { url: bob.url });
  assert.deepEqual([linked.status, linked.bytes.equals(back.bytes)], [200, true]);
  await settled([a, b], room);
  await sound(a, b);
});

test("FD19 the first readers of a file wait for one fetch, and what its server sends again is not fetched again", async (t) => {
  const all = await pair(t);
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const watch = await watched(t, world, b);
  const { event, bytes } = await sendFile(bob, room, randomBytes(300_000));
  const mediaId = await fileOf(ann, room, event.id);
  const answers = await Promise.all(Array.from({ length: 12 }, () => get(ann, mediaId)));
  for (const answer of answers) assert.deepEqual([answer.status, answer.bytes.equals(bytes)], [200, true]);
  assert.equal(watch.asked.length, 1);
  const again = await sendFile(bob, room, bytes, "the same.bin");
  const other = await fileOf(ann, room, again.event.id);
  assert.notEqual(other, mediaId);
  assert.ok((await get(ann, other)).bytes.equals(bytes));
  assert.equal(watch.asked.length, 1);
  assert.equal((await files(a.server)).blobs.length, 1);
  await sound(a, b);
});

test("FD19 a third server asks that of the sender, and forwards only what it has itself", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const c = await world.start("c");
  const carl = await c.server.person("carl", "c").signIn();
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@carl:c.localhost" }));
  await until(async () => ((await carl.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  await settled([a, b, c], room);
  for (const home of [a, b, c]) await home.setPolicy({ default_mode: "invite_only" });
  const [toA, toB, toC] = [await watched(t, world, a), await watched(t, world, b), await watched(t, world, c)];

  const { event, bytes } = await sendFile(bob, room);
  const atC = await fileOf(carl, room, event.id);
  assert.ok((await get(carl, atC)).bytes.equals(bytes));
  assert.deepEqual([toA.asked.length, toB.asked.length], [0, 1], "the hub was asked for what it does not have to give");
  assert.equal((await files(a.server)).blobs.length, 0);

  // Ann has not read it; what she forwards is fetched then, so that hers can be asked for it.
  const atA = await fileOf(ann, room, event.id);
  const forwarded = await send(ann, room, atA, { body: "look at this" });
  assert.equal(toB.asked.length, 2);
  const fromA = await fileOf(carl, room, forwarded.id);
  assert.ok((await get(carl, fromA)).bytes.equals(bytes));
  assert.deepEqual([toA.asked.length, toB.asked.length, toC.asked.length], [1, 2, 0]);
  await settled([a, b, c], room);
  await sound(a, b, c);
});

test("FD19 DEL1 a redaction takes a file away on every server, fetched or not", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const [read, unread] = [await sendFile(bob, room), await sendFile(bob, room)];
  const ids = [await fileOf(ann, room, read.event.id), await fileOf(ann, room, unread.event.id)] as const;
  assert.equal((await get(ann, ids[0])).status, 200);
  for (const { event } of [read, unread]) assertOk(await bob.post(`/v1/rooms/${room}/events/${event.id}/redact`, {}));
  await settled([a, b], room);
  for (const mediaId of ids) {
    assert.equal((await get(ann, mediaId)).status, 404);
    assertRefused(await ann.get(`/v1/media/${mediaId}/info`), 404, "SW_MEDIA_NOT_FOUND");
  }
  assert.deepEqual(assertOk(await ann.get(`/v1/rooms/${room}/files`)).data, []);
  for (const { server } of [a, b]) {
    await until(async () => ((await files(server)).blobs.length === 0 ? true : undefined), "the file to be gone");
  }
  await sound(a, b);
});

test("FD19 an edit that keeps its file names one medium, and one that changes it both", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const { event, bytes } = await sendFile(bob, room);
  const mediaId = await fileOf(ann, room, event.id);
  const own = (assertOk(await bob.get(`/v1/rooms/${room}/files`)).data as Loose[])[0].media.media_id;
  const at = `/v1/rooms/${room}/events/${event.id}/edit`;
  assertOk(await bob.post(at, { content: { media_id: own, body: "better said" } }));
  await settled([a, b], room);
  assert.equal(await fileOf(ann, room, event.id), mediaId);
  assert.equal((assertOk(await ann.get(`/v1/rooms/${room}/files`)).data as Loose[]).length, 1);
  const second = await uploaded(bob, randomBytes(99));
  assertOk(await bob.post(at, { content: { media_id: second.media_id } }));
  await settled([a, b], room);
  const listed = assertOk(await ann.get(`/v1/rooms/${room}/files`)).data as Loose[];
  assert.equal(listed.length, 2);
  assert.ok((await get(ann, mediaId)).bytes.equals(bytes));
  assert.equal(sha256((await get(ann, listed[0].media.media_id)).bytes), second.sha256);
  await sound(a, b);
});

test("FD13 FD19 a file that is said while the hub is away is kept, and named once the hub has it", async (t) => {
  const clock = new TestClock();
  const all = await pair(t, { clock, media: { maxBytes: 1_000_000, keepUnusedSeconds: 60 } });
  const { world, a, b, bob } = all;
  const room = await shared(all);
  const bytes = randomBytes(700);
  const medium = await uploaded(bob, bytes);
  await a.server.stop();
  const pending = await bob.post(`/v1/rooms/${room}/send`, { content: { media_id: medium.media_id } });
  assert.equal(pending.status, 202);
  clock.advance(3_600_000);
  // Long enough without a message for any other, of which the sweep has come by: this one waits for its hub.
  const spare = await uploaded(bob, randomBytes(10));
  clock.advance(3_600_000);
  await world.startAgain(a, { clock });
  const { id } = pending.data as { id: string };
  assert.equal(await fileOf(bob, room, id), medium.media_id);
  await until(
    async () => ((await bob.get(`/v1/media/${spare.media_id}/info`)).status === 404 ? true : undefined),
    "what nothing names to be swept",
  );
  assert.ok((await get(bob, medium.media_id)).bytes.equals(bytes));
  const ann = a.server.person("ann", "a");
  assert.ok((await get(ann, await fileOf(ann, room, id))).bytes.equals(bytes));
  await settled([a, b], room);
  await sound(a, b);
});

test("FD19 FD22 a file beyond the tenant's storage, or larger than it takes, is said to be so and left where it is", async (t) => {
  const all = await pair(t, { media: { maxBytes: 10_000, keepUnusedSeconds: 3600 } });
  const { world, a, b, ann, bob } = all;
  const room = await shared(all);
  const watch = await watched(t, world, b);
  const { event, bytes } = await sendFile(bob, room, randomBytes(5000));
  const mediaId = await fileOf(ann, room, event.id);
  await a.server.setLimits({ max_storage_bytes: 4999 }, "a");
  const full = await download(ann, `/v1/media/download/${mediaId}`);
  assert.equal(full.status, 409);
  assert.deepEqual(
    [JSON.parse(full.text).error.code, JSON.parse(full.text).error.details],
    ["SW_TENANT_CAPACITY", { max_storage_bytes: 4999 }],
  );
  assert.equal(watch.asked.length, 0);
  // What is said goes on, and nothing is asked of storage for it.
  await sendFile(bob, room, randomBytes(6000));
  await settled([a, b], room);
  await a.server.setLimits({ max_storage_bytes: 5000 }, "a");
  assert.ok((await get(ann, mediaId)).bytes.equals(bytes));
  assert.deepEqual([(await files(a.server)).blobs.length, (await files(a.server)).staged.length], [1, 0]);
});

test("FD10 FD19 once a room is shared no more, what was fetched stays and what was not does not come", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const [read, unread] = [await sendFile(bob, room), await sendFile(bob, room)];
  const ids = [await fileOf(ann, room, read.event.id), await fileOf(ann, room, unread.event.id)] as const;
  const fromAnn = await sendFile(ann, room);
  const atB = await fileOf(bob, room, fromAnn.event.id);
  assert.equal((await get(ann, ids[0])).status, 200);
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  await until(async () => ((await roomAt(b, room))!.room.federated ? undefined : true), "the end of sharing");
  assert.ok((await get(ann, ids[0])).bytes.equals(read.bytes));
  for (const [who, mediaId] of [
    [ann, ids[1]],
    [bob, atB],
  ] as const) {
    const answer = await get(who, mediaId);
    assert.equal(answer.status, 502, answer.text);
    assert.match(JSON.parse(answer.text).error.message, /does not give this file/);
  }
  // The bundle says what it does not bring, and is right without it.
  const zip = await download(ann, `/v1/rooms/${room}/export`);
  assert.equal(zip.status, 200);
  const workspace = (assertOk(await ann.post("/v1/workspaces", { name: "Imported" })).data as { id: string }).id;
  const form = new FormData();
  form.set("workspace_id", workspace);
  form.set("file", new Blob([new Uint8Array(zip.bytes)]), "room.zip");
  const imported = await fetch(`${ann.url}/v1/rooms/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${ann.credential}` },
    body: form,
  });
  const { data, meta } = (await imported.json()) as Loose;
  assert.equal(imported.status, 201, JSON.stringify(data));
  assert.deepEqual(meta.report.omitted, [{ what: "media", reason: "not_fetched", count: 1 }]);
  assert.equal(meta.report.media, 2);
  // Again from there: it says the same of what it never had.
  const again = await download(ann, `/v1/rooms/${data.id}/export`);
  assert.equal(again.status, 200);
  await writeFile(join(b.server.data, "again.zip"), again.bytes);
  const { omitted, counts } = await verifyBundle(join(b.server.data, "again.zip"));
  assert.deepEqual([omitted, counts.media], [[{ what: "media", reason: "not_fetched", count: 1 }], 2]);
  await sound(a, b);
});

test("FD19 a file of somebody who left is given out as long as others of that server are in the room", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const ben = await b.server.person("ben", "b").signIn();
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@ben:b.localhost" }));
  await settled([a, b], room);
  assertOk(await ben.post(`/v1/rooms/${room}/join`));
  const [one, two] = [await sendFile(bob, room), await sendFile(bob, room)];
  const [first, second] = [await fileOf(ann, room, one.event.id), await fileOf(ann, room, two.event.id)];
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  await settled([a, b], room);
  assert.ok((await get(ann, first)).bytes.equals(one.bytes));
  assertOk(await ben.post(`/v1/rooms/${room}/leave`));
  await settled([a, b], room);
  assert.equal((await get(ann, second)).status, 502);
});
