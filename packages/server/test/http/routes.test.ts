import assert from "node:assert/strict";
import { test } from "node:test";
import { openStand } from "./kit.ts";

test("AP2 an id of any form that names nothing answers as an unknown id", async (t) => {
  const { ask } = await openStand(t);
  const shape = ({ status, error }: { status: number; error: object }): unknown => ({
    status,
    ...error,
    request_id: "",
  });
  const unknown = shape(await ask("GET", "/v1/notes/note-77"));
  for (const id of [
    "x".repeat(256),
    "x".repeat(10_000),
    "%00",
    "a%00b",
    "%2e%2e%2f",
    "..%5c",
    "%F0%9F%98%80",
    "note-77'--",
    "%22",
    "NOTE-1",
    "a%2Fb",
    ":note_id",
    "*",
    "%2523",
  ]) {
    assert.deepEqual(shape(await ask("GET", `/v1/notes/${id}`)), unknown, id);
    assert.deepEqual(shape(await ask("POST", `/v1/notes/${id}/touch`)), unknown, id);
  }
});

test("AP2 an id in an encoding of no text is refused or unknown, never a failure of ours", async (t) => {
  const { ask } = await openStand(t);
  for (const id of ["%", "%zz", "%ff", "%c3%28", "%ed%a0%80"]) {
    const got = await ask("GET", `/v1/notes/${id}`);
    assert.ok(got.status === 400 || got.status === 404, `${id}: ${got.status}`);
    assert.equal(got.error.request_id, got.headers.get("x-request-id"));
  }
});

test("AP5 an unknown path is 404, and a known one with another method 405 with Allow", async (t) => {
  const { ask } = await openStand(t);
  for (const path of ["/v1", "/v1/nothing", "/V1/notes", "/v1/notes/a/b/c", "//v1/notes", "/v1/notes/"]) {
    for (const method of ["GET", "POST"]) {
      const got = await ask(method, path, { token: null, ...(method === "POST" ? { body: "{" } : {}) });
      if (path === "/v1/notes/" && got.status === 401) continue;
      assert.ok(got.status === 404 || got.status === 405, `${method} ${path} ${got.status}`);
      assert.ok(got.error.code === "SW_NOT_FOUND" || got.error.code === "SW_METHOD_NOT_ALLOWED");
    }
  }
  assert.equal((await ask("GET", "/nothing")).error.code, "SW_NOT_FOUND");
  const stream = await ask("GET", "/v1/stream?since=x", { token: null });
  assert.deepEqual([stream.status, (stream.error.details as { path: string }[])[0]!.path], [400, "Upgrade"]);
  const put = await ask("PUT", "/v1/notes?limit=1", { json: {} });
  assert.equal(put.status, 405);
  assert.equal(put.error.code, "SW_METHOD_NOT_ALLOWED");
  assert.equal(put.headers.get("allow"), "GET, HEAD, POST");
  assert.equal((await ask("PATCH", "/v1/notes/x")).headers.get("allow"), "GET, HEAD, DELETE");
  assert.equal((await ask("OPTIONS", "/v1/notes/x/touch")).headers.get("allow"), "POST");
});

test("AP5 methods and targets that no client of ours uses are refused in the same form", async (t) => {
  const { raw } = await openStand(t);
  for (const [line, status] of [
    ["TRACE /v1/notes", 405],
    ["PROPFIND /v1/notes", 405],
    ["GET http://x/nothing", 404],
    ["OPTIONS *", 405],
    ["QUERY /v1/notes", 405],
  ] as const) {
    const got = await raw(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(got, new RegExp(`^HTTP/1.1 ${status} `), `${line}: ${got}`);
    assert.match(got, /"code":"SW_/);
  }
});

test("AP5 HEAD answers as GET does, without the body", async (t) => {
  const { ask } = await openStand(t);
  const get = await ask("GET", "/v1/hint", { token: null });
  const head = await ask("HEAD", "/v1/hint", { token: null });
  assert.equal(head.status, 200);
  assert.equal(head.text, "");
  assert.equal(head.headers.get("content-length"), get.headers.get("content-length"));
  assert.equal((await ask("HEAD", "/v1/notes", { token: null })).status, 401);
  assert.equal((await ask("HEAD", "/v1/notes/none")).status, 404);
  assert.equal((await ask("HEAD", "/nothing")).status, 404);
});

test("AP5 bytes that are no request, or too much of one, are answered in the same form", async (t) => {
  const { raw, ask } = await openStand(t);
  const get = "GET /v1/hint HTTP/1.1\r\n";
  const cases: [bytes: string, status: number][] = [
    ["hello\r\n\r\n", 400],
    [`${get}Connection: close\r\n\r\n`, 400],
    [`${get}Host: x\r\nExpect: wonders\r\n\r\n`, 417],
    [`${get}Host: x\r\nBroken Header: 1\r\n\r\n`, 400],
    [`${get}Host: x\r\n folded\r\n\r\n`, 400],
    [`${get}Host: x\r\nX: ${"x".repeat(17 * 1024)}\r\n\r\n`, 431],
    [`${get}Host: x\r\n${"X: 1\r\n".repeat(101)}\r\n`, 431],
    ["POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
    ["POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400],
    ["POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400],
    [`GET /v1/hint?${"x".repeat(17 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ];
  for (const [bytes, status] of cases) {
    const got = await raw(bytes.replace("Host: x\r\n", "Host: x\r\nConnection: close\r\n"));
    assert.match(got, new RegExp(`^HTTP/1.1 ${status} `), `${bytes.slice(0, 80)}: ${got}`);
    assert.match(
      got,
      /\{"error":\{"code":"SW_REQUEST_INVALID","message":".*"(?:,"details":.*)?,"request_id":"[\w-]*"\}\}$/,
    );
  }
  assert.equal((await ask("GET", "/v1/hint")).status, 200);
});

test("AP5 header names of the prototype are headers like any other", async (t) => {
  const { raw } = await openStand(t);
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const got = await raw(`GET /v1/hint HTTP/1.1\r\nHost: x\r\n${name}: 1\r\nConnection: close\r\n\r\n`);
    assert.match(got, /^HTTP\/1.1 200 /);
  }
});
