import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "@stairwell/protocol";
import { openStand, type Stand } from "./kit.ts";

const json = { "content-type": "application/json" };
const post = (ask: Stand["ask"], body: string | Buffer, headers: Record<string, string> = json) =>
  ask("POST", "/v1/notes", { body, headers });

test("AP4 a body that is no strict JSON is refused, and the connection goes on", async (t) => {
  const { ask, raw, book } = await openStand(t);
  const bad: (string | Buffer)[] = [
    "",
    "{",
    "null x",
    "{'text':'a'}",
    "[1,]",
    '{"text":"a",}',
    "NaN",
    '{"text":NaN}',
    "\u00a0{}",
    "undefined",
    '{"text":"a","text":"b"}',
    '{"text":"a","\\u0074ext":"b"}',
    '{"text":"a","extra":{"x":1,"x":1}}',
    '{"text":"a","__proto__":{"text":"b"}}',
    '{"text":"a","extra":{"y":{"__proto__":1}}}',
    '{"text":"\\ud800"}',
    '{"text":"a","extra":{"\\udc00":1}}',
    '{"text":"a","extra":{"n":1e999}}',
    '{"text":"a","extra":{"n":9007199254740993}}',
    "[".repeat(100_000),
    `{"text":"a","extra":${'{"x":'.repeat(40)}1${"}".repeat(40)}}`,
    Buffer.from([0x7b, 0xff, 0x7d]),
    Buffer.from('{"text":"\xff"}', "latin1"),
    Buffer.from("\ufeff{}"),
    Buffer.from('\ufeff{"text":"a"}'),
    Buffer.from('{"text":"a"}', "utf16le"),
    '{"text":"a\0"}',
    '{"text":"\t"}',
  ];
  for (const body of bad) {
    const got = await post(ask, body);
    assert.equal(got.status, 400, `${body.toString().slice(0, 60)}: ${got.text}`);
    assert.equal(got.error.code, "SW_REQUEST_INVALID");
    assert.ok(Array.isArray(got.error.details) && got.error.details.length === 1);
  }
  const request = (body: string): string =>
    `POST /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const both = await raw(`${request("{")}\r\n{${request('{"text":"a"}')}Connection: close\r\n\r\n{"text":"a"}`);
  assert.deepEqual(both.match(/HTTP\/1.1 \d+/g), ["HTTP/1.1 400", "HTTP/1.1 201"]);
  assert.equal(book.notes.size, 1);
  assert.equal(({} as { text?: unknown }).text, undefined);
});

test("AP4 faults are listed with a pointer and a reason each, in body and query together", async (t) => {
  const { ask } = await openStand(t);
  const got = await ask("POST", "/v1/notes?x=1", { json: { text: "", more: 1 } });
  assert.deepEqual(got.error.details, [
    { path: "?x", reason: "is not a known key" },
    { path: "/text", reason: "must be a string of at least 1 character" },
    { path: "/more", reason: "is not a known key" },
  ]);
  assert.deepEqual((await post(ask, "[]")).error.details, [{ path: "", reason: "must be an object" }]);
  assert.deepEqual((await ask("POST", "/v1/notes")).error.details, [{ path: "", reason: "a JSON body is needed" }]);
  for (const wrong of [null, 1, true, [], { $ne: null }]) {
    assert.equal((await ask("POST", "/v1/notes", { json: { text: wrong } })).status, 400);
  }
});

test("AP4 a body that may be left out is an empty object when it is", async (t) => {
  const { ask } = await openStand(t);
  await ask("POST", "/v1/notes", { json: { text: "a" } });
  for (const options of [{}, { body: "" }, { body: "", headers: json }, { json: {} }, { headers: json }]) {
    assert.equal((await ask("POST", "/v1/notes/note-1/touch", options)).status, 200);
  }
  assert.equal((await ask("POST", "/v1/notes/note-1/touch", { json: null })).status, 400);
  assert.equal((await ask("POST", "/v1/notes/note-1/touch", { json: [] })).status, 400);
});

test("AP1 only JSON in UTF-8 is taken, anything else is 415", async (t) => {
  const { ask, raw } = await openStand(t);
  const body = '{"text":"a"}';
  for (const type of [
    "application/json",
    "APPLICATION/JSON",
    "application/json;charset=utf-8",
    "application/json ; charset=UTF-8",
    'application/json; charset="utf-8"',
    " application/json",
    "application/json\t",
  ]) {
    assert.equal((await post(ask, body, { "content-type": type })).status, 201, type);
  }
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json;x",
    "application/json; charset=latin1",
    "application/jsonx",
    "application/json garbage",
    "application/ld+json",
    "json",
    "*/*",
    "application/json, text/plain",
    "application/json; charset=utf-8; charset=utf-8",
  ]) {
    const got = await post(ask, body, { "content-type": type });
    assert.equal(got.status, 415, type);
    assert.equal(got.error.code, "SW_UNSUPPORTED_MEDIA_TYPE");
  }
  assert.equal((await post(ask, body, { ...json, "content-encoding": "gzip" })).status, 415);
  const none = `POST /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nConnection: close\r\nContent-Length: 12\r\n`;
  assert.match(await raw(`${none}\r\n${body}`), /^HTTP\/1.1 415 /);
  assert.match(await raw(`${none}Content-Type:\r\n\r\n${body}`), /^HTTP\/1.1 415 /);
});

test("AP1 a body is taken up to its limit, and refused beyond it as 413 that the caller can read", async (t) => {
  const { ask, raw } = await openStand(t);
  const padded = (length: number): string => `{"text":"a"}${" ".repeat(length - 12)}`;
  assert.equal((await post(ask, padded(LIMITS.bodyBytes))).status, 201);
  for (let n = 0; n < 20; n++) {
    for (const length of [LIMITS.bodyBytes + 1, 5_000_000]) {
      const got = await post(ask, padded(length));
      assert.equal(got.status, 413);
      assert.equal(got.error.code, "SW_CONTENT_TOO_LARGE");
    }
  }
  const chunk = `10000\r\n${" ".repeat(65536)}\r\n`;
  const chunked = await raw(
    `POST /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nContent-Type: application/json\r\n` +
      `Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}0\r\n\r\n`,
  );
  assert.match(chunked, /^HTTP\/1.1 413 [^]*"SW_CONTENT_TOO_LARGE"/);
});

test("AP4 a call without a body refuses one", async (t) => {
  const { ask } = await openStand(t);
  await ask("POST", "/v1/notes", { json: { text: "a" } });
  assert.equal((await ask("DELETE", "/v1/notes/note-1", { token: "admin", json: {} })).status, 400);
  assert.equal((await ask("DELETE", "/v1/notes/note-1", { token: "admin", headers: json })).status, 200);
});

test("AP4 a body that stops before its length ends with its connection, and nothing happens", async (t) => {
  const { ask, raw, book } = await openStand(t);
  const head =
    "POST /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nContent-Type: application/json\r\n";
  assert.match(await raw(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`), /^HTTP\/1.1 400 /);
  const { connect } = await import("node:net");
  const socket = connect(Number(new URL((await openStand(t)).url).port), "127.0.0.1");
  await new Promise((resolve) => socket.write(`${head}Content-Length: 100\r\n\r\n{"text"`, resolve));
  socket.destroy();
  assert.equal((await ask("GET", "/v1/notes")).status, 200);
  assert.equal(book.notes.size, 0);
});
