import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { fileEndpoints, MOST } from "./files.ts";
import { openStand } from "./kit.ts";
import { until } from "../nodes/until.ts";

async function openFiles(t: TestContext) {
  const made: { received: string[] } = { received: [] };
  const stand = await openStand(t, (db) => {
    const { endpoints, received } = fileEndpoints(db);
    made.received = received;
    return { endpoints };
  });
  return { ...stand, received: () => made.received, staged: () => readdir(`${stand.folder}/staging`) };
}

function form(file: Uint8Array<ArrayBuffer> | string, fields: Record<string, string> = {}): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set("file", new Blob([file]), "note.txt");
  return data;
}

test("a file is taken with the texts beside it, and nothing of it stays in the staging", async (t) => {
  const { ask, staged } = await openFiles(t);
  const { status, data } = await ask("POST", "/v1/files", { body: form("hello", { label: "greeting" }) });
  assert.deepEqual([status, data], [201, { size: 5, label: "greeting", name: "note.txt" }]);
  assert.deepEqual(await staged(), []);
});

test("AP1 a file's form is refused for its headers, its texts and its size, each with the reason", async (t) => {
  const { ask, received, staged } = await openFiles(t);
  const path = "/v1/files";
  const json = await ask("POST", path, { json: {} });
  assert.deepEqual([json.status, json.error.code], [415, "SW_UNSUPPORTED_MEDIA_TYPE"]);
  const unknown = await ask("POST", path, { body: form("x", { lable: "typo" }) });
  assert.deepEqual([unknown.status, unknown.error.details], [400, [{ path: "/lable", reason: "is not a known key" }]]);
  const twice = new FormData();
  twice.append("file", new Blob(["1"]), "a");
  twice.append("file", new Blob(["2"]), "b");
  assert.equal((await ask("POST", path, { body: twice })).status, 400);
  assert.equal((await ask("POST", path, { body: new FormData() })).status, 400);
  const large = await ask("POST", path, { body: form(new Uint8Array(MOST + 1)) });
  assert.deepEqual([large.status, large.error.code], [413, "SW_CONTENT_TOO_LARGE"]);
  assert.equal((await ask("POST", path, { body: form(new Uint8Array(MOST)) })).status, 201);
  const refused = await ask("POST", path, { body: form("x", { label: "refused" }) });
  assert.deepEqual([refused.status, refused.error.code], [409, "SW_ROOM_FROZEN"]);
  assert.equal(received().length, 1);
  assert.deepEqual(await staged(), []);
});

test("AP1 who may not bring a file hears so before it was sent", async (t) => {
  const { port, received } = await openFiles(t);
  const head = (token: string): string =>
    `POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 5000000\r\n` +
    "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n";
  for (const [token, status] of [
    ["nobody", 401],
    ["alice:read", 403],
    ["bob", 409],
  ] as const) {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(head(token)));
      socket.once("data", (bytes) => {
        resolve(bytes.toString());
        socket.destroy();
      });
    });
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
  }
  assert.equal(received().length, 0);
});

test("AP6 a file with the same key is taken once, whatever its boundary, and another one is refused", async (t) => {
  const { ask, received } = await openFiles(t);
  const headers = { "idempotency-key": "one" };
  const first = await ask("POST", "/v1/files", { body: form("hello"), headers });
  const again = await ask("POST", "/v1/files", { body: form("hello"), headers });
  const other = await ask("POST", "/v1/files", { body: form("hullo"), headers });
  assert.deepEqual([again.status, again.data], [first.status, first.data]);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual([other.status, other.error.code], [409, "SW_IDEMPOTENCY_CONFLICT"]);
  assert.equal(received().length, 1);
});

test("a sender who goes in the middle leaves nothing", async (t) => {
  const { port, staged, received } = await openFiles(t);
  const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nhalf of it';
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nContent-Length: 5000\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\n\r\n${part}`,
  );
  await until(async () => (await staged()).length > 0);
  socket.destroy();
  await until(async () => (await staged()).length === 0);
  assert.equal(received().length, 0);
});

test("bytes are answered whole, in part, and not at all to one who has them", async (t) => {
  const { ask } = await openFiles(t);
  const whole = await ask("GET", "/v1/files/1");
  assert.deepEqual(
    [whole.status, whole.text, whole.headers.get("x-content-type-options")],
    [200, "0123456789", "nosniff"],
  );
  const part = await ask("GET", "/v1/files/1", { headers: { range: "bytes=2-4" } });
  assert.deepEqual([part.status, part.text], [206, "234"]);
  const same = await ask("GET", "/v1/files/1", { headers: { "if-none-match": '"ten"' } });
  assert.deepEqual([same.status, same.text], [304, ""]);
  const head = await ask("HEAD", "/v1/files/1");
  assert.deepEqual([head.status, head.text, head.headers.get("content-length")], [200, "", "10"]);
  const missing = await ask("GET", "/v1/files/unknown");
  assert.deepEqual([missing.status, missing.error.code], [404, "SW_MEDIA_NOT_FOUND"]);
});

test("bytes that cannot be read to their end are cut off, and never look whole", async (t) => {
  const { url } = await openFiles(t);
  const response = await fetch(`${url}/v1/files/broken`, { headers: { authorization: "Bearer alice" } });
  await assert.rejects(response.text());
});
