import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { bundles, media, messages, rooms } from "@stairwell/protocol/api";
import { TestServer } from "@stairwell/testing";
import { StairwellClient } from "../src/index.ts";

async function started(t: TestContext, options: Parameters<typeof TestServer.start>[1] = {}) {
  const server = await TestServer.start(t, options);
  const [alice] = await server.people("alice");
  return { server, client: new StairwellClient({ baseUrl: server.url, token: alice.credential }) };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = async (body: ReadableStream<Uint8Array<ArrayBuffer>>) =>
  Buffer.from(await new Response(body).arrayBuffer());

/** So many bytes of a kind, as they are asked for. */
function streamOf(bytes: number, piece = 65_536): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const length = Math.min(left, piece);
      if (length === 0) return controller.close();
      left -= length;
      controller.enqueue(new Uint8Array(length).fill(7));
    },
  });
}

test("a file is uploaded with its progress, named in a message, and downloaded as it was", async (t) => {
  const { client } = await started(t);
  const folder = mkdtempSync(join(tmpdir(), "stairwell-sdk-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const bytes = randomBytes(1_500_000);
  writeFileSync(join(folder, "plan.bin"), bytes);
  const sent: [number, number | undefined][] = [];
  const { data, status } = await client.upload(media.uploadMedia, {
    file: await openAsBlob(join(folder, "plan.bin")),
    name: "plan é.bin",
    onProgress: (...at) => sent.push(at),
  });
  assert.deepEqual([status, data.name, data.size, data.sha256], [201, "plan é.bin", bytes.length, sha256(bytes)]);
  assert(sent.length > 3, "it was told once only");
  assert.deepEqual(sent.at(-1), [bytes.length, bytes.length]);
  assert.deepEqual(
    sent.map(([at]) => at),
    sent.map(([at]) => at).toSorted((a, b) => a - b),
  );

  const { data: room } = await client.request(rooms.createRoom, { body: { room_type: "group", name: "Kitchen" } });
  const content = { body: "the plan", media_id: data.media_id };
  await client.request(messages.sendMessage, { params: { room_id: room.id }, body: { content } });
  const got: number[] = [];
  const download = await client.download(media.downloadMedia, {
    params: { media_id: data.media_id },
    onProgress: (at, total) => got.push(at, total!),
  });
  assert.deepEqual([download.size, download.mimeType], [bytes.length, "application/octet-stream"]);
  assert.equal(download.fileName, "plan é.bin");
  assert((await bytesOf(download.body)).equals(bytes));
  assert.deepEqual(got.slice(-2), [bytes.length, bytes.length]);
});

test("a stream of unknown length is uploaded, and a text beside it goes along", async (t) => {
  const { client } = await started(t);
  const { data: room } = await client.request(rooms.createRoom, {
    body: { room_type: "group", scope_kind: "incognito", name: "Secret" },
  });
  const { data } = await client.upload(media.uploadMedia, {
    file: streamOf(5_000_000),
    name: "sevens.bin",
    form: { room_id: room.id },
  });
  assert.deepEqual([data.size, data.sha256], [5_000_000, sha256(Buffer.alloc(5_000_000, 7))]);
  const { body } = await client.download(media.downloadMedia, { params: { media_id: data.media_id } });
  assert.equal((await bytesOf(body)).length, 5_000_000);
});

test("what is refused before all of it went is told as the refusal that it is", async (t) => {
  const { client, server } = await started(t, { media: { maxBytes: 100_000, keepUnusedSeconds: 60 } });
  for (const file of [streamOf(50_000_000), new Blob([new Uint8Array(20_000_000)])]) {
    await assert.rejects(client.upload(media.uploadMedia, { file, onProgress: () => {} }), {
      name: "StairwellApiError",
      status: 413,
      code: "SW_CONTENT_TOO_LARGE",
    });
  }
  await server.setLimits({ max_storage_bytes: 0 });
  await assert.rejects(client.upload(media.uploadMedia, { file: streamOf(50_000) }), { code: "SW_TENANT_CAPACITY" });
});

test("the caller's signal ends an upload and a download under way", async (t) => {
  const { client } = await started(t);
  const ending = new AbortController();
  const onProgress = (at: number): void => void (at > 1_000_000 && ending.abort(new Error("enough")));
  const uploading = client.upload(media.uploadMedia, { file: streamOf(1e12), onProgress, signal: ending.signal });
  await assert.rejects(uploading, /enough/);
  const { data } = await client.upload(media.uploadMedia, { file: streamOf(30_000_000) });
  const stopping = new AbortController();
  const { body } = await client.download(media.downloadMedia, {
    params: { media_id: data.media_id },
    signal: stopping.signal,
  });
  stopping.abort(new Error("no more"));
  await assert.rejects(bytesOf(body), /no more/);
});

test("a room goes as a bundle from one call into the next, and is reported before and after", async (t) => {
  const { client } = await started(t);
  const { data: room } = await client.request(rooms.createRoom, { body: { room_type: "group", name: "Kitchen" } });
  const at = { room_id: room.id };
  const { data: file } = await client.upload(media.uploadMedia, { file: new Blob(["menu"]), name: "menu.txt" });
  await client.request(messages.sendMessage, {
    params: at,
    body: { content: { body: "Soup", media_id: file.media_id } },
  });
  const made = await client.exportRoom(room.id);
  assert.deepEqual([made.events, made.mediaBytes, made.mimeType, made.size], [4, 4, "application/zip", undefined]);
  assert.match(made.fileName!, /^kitchen-\d{4}-\d\d-\d\d\.zip$/);
  const bundle = await new Response(made.body).blob();
  const dry = await client.upload(bundles.importRoom, { file: bundle, form: { dry_run: "true" } });
  assert.deepEqual([dry.status, dry.data, dry.meta.report.events], [200, null, 4]);
  const once = { file: bundle, idempotencyKey: "once" };
  const first = await client.upload(bundles.importRoom, once);
  assert.deepEqual([first.status, first.replayed, first.meta], [201, false, dry.meta]);
  const again = await client.upload(bundles.importRoom, once);
  assert.deepEqual([again.replayed, again.data!.id], [true, first.data!.id]);
  // Without anything in between.
  const { body } = await client.exportRoom(room.id);
  const through = await client.upload(bundles.importRoom, { file: body });
  assert.equal(through.data!.name, "Kitchen");
  assert.equal(through.meta.report.signature, "verified");
  const cut = bundle.slice(0, bundle.size / 2);
  await assert.rejects(client.upload(bundles.importRoom, { file: cut }), { status: 422, code: "SW_BUNDLE_INVALID" });
  await assert.rejects(client.exportRoom("room-unknown"), { status: 404, code: "SW_ROOM_NOT_FOUND" });
});

/** A server that answers one after the other of these. */
async function answering(t: TestContext, ...answers: RequestListener[]) {
  let asked = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!;
    request.resume().once("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const client = new StairwellClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return { client, asked: () => asked };
}

const busy: RequestListener = (_, response) => response.writeHead(503, { "retry-after": "0" }).end("{}");
const taken: RequestListener = (_, response) => response.writeHead(201).end('{"data":{"media_id":"med-1"}}');

test("a file is sent again where that is safe and it is still there, a stream never", async (t) => {
  const { client, asked } = await answering(t, busy, taken, busy);
  const file = new Blob(["x"]);
  const { data } = await client.upload(media.uploadMedia, { file, idempotencyKey: "k", onProgress: () => {} });
  assert.deepEqual([data.media_id, asked()], ["med-1", 2]);
  await assert.rejects(client.upload(media.uploadMedia, { file }), { status: 503 });
  await assert.rejects(client.upload(media.uploadMedia, { file: streamOf(9), idempotencyKey: "k" }), { status: 503 });
  assert.equal(asked(), 4);
});

test("a download that is cut off fails, and one that does not begin in time is told so", async (t) => {
  const { client } = await answering(
    t,
    (_, response) => {
      response.writeHead(200, { "content-type": "application/zip" });
      response.write("PK");
      setTimeout(() => response.destroy(), 10);
    },
    () => {},
  );
  const { body } = await client.exportRoom("room-1");
  await assert.rejects(bytesOf(body));
  await assert.rejects(client.exportRoom("room-1", { timeoutMs: 30 }), {
    name: "StairwellNetworkError",
    timedOut: true,
  });
});
