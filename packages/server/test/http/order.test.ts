import assert from "node:assert/strict";
import { test } from "node:test";
import { openStand } from "./kit.ts";

test("AP1 the checks come in their order: 401, 429, scope, shape, stored answer, handler", async (t) => {
  const { ask, book } = await openStand(t);
  const wrong = { body: "{", headers: { "content-type": "text/plain", "idempotency-key": "é" } };
  assert.equal((await ask("POST", "/v1/notes?x=1", { ...wrong, token: "nobody" })).status, 401);
  for (let n = 0; n < 3; n++)
    assert.equal((await ask("POST", "/v1/notes?x=1", { ...wrong, token: "limited:read" })).status, 403);
  assert.equal((await ask("POST", "/v1/notes?x=1", { ...wrong, token: "limited:read" })).status, 429);
  assert.equal((await ask("POST", "/v1/notes?x=1", wrong)).status, 415);
  assert.equal((await ask("POST", "/v1/notes?x=1", { json: {} })).status, 400);
  assert.equal((await ask("POST", "/v1/notes/none/touch", { json: { why: 1 } })).status, 400);
  assert.equal((await ask("POST", "/v1/notes/none/touch", { json: {} })).status, 404);

  const first = await ask("POST", "/v1/notes", { json: { text: "a" }, headers: { "idempotency-key": "k" } });
  assert.equal(first.status, 201);
  const touched = { json: {}, headers: { "idempotency-key": "t" } };
  assert.equal((await ask("POST", "/v1/notes/note-1/touch", touched)).status, 200);
  book.notes.set("note-1", "changed");
  // The stored answer comes before the handler, which would now refuse, and after the shape.
  assert.equal((await ask("POST", "/v1/notes/note-1/touch", touched)).headers.get("idempotency-replayed"), "true");
  assert.equal((await ask("POST", "/v1/notes/note-1/touch?x=1", touched)).status, 400);
});

test("AP1 without a right credential nothing of the request is looked at", async (t) => {
  const { ask, raw, book } = await openStand(t);
  for (const headers of [
    {},
    { authorization: "" },
    { authorization: "Bearer" },
    { authorization: "Bearer  " },
    { authorization: "Basic YTpi" },
    { authorization: "Bearer two words" },
    { authorization: "alice" },
    { authorization: "Bearer alice\u00e9" },
    { authorization: `Bearer ${"x".repeat(9000)}` },
  ]) {
    for (const path of ["/v1/notes", "/v1/notes/note-1/touch"]) {
      const got = await ask("POST", path, { json: { text: "x" }, headers, token: null });
      assert.equal(got.status, 401);
      assert.equal(got.error.code, "SW_AUTH_INVALID_TOKEN");
      assert.equal(got.headers.get("www-authenticate"), "Bearer");
    }
  }
  assert.equal((await ask("GET", "/v1/notes", { token: "old" })).error.code, "SW_AUTH_EXPIRED_TOKEN");
  const twice = await raw(
    "GET /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nauthorization: Bearer alice\r\nConnection: close\r\n\r\n",
  );
  assert.match(twice, /^HTTP\/1.1 401 /);
  assert.equal(book.notes.size, 0);
});

test("AP1 a credential that is proven later is admitted and refused like one that is known", async (t) => {
  const { ask } = await openStand(t);
  assert.equal((await ask("GET", "/v1/notes", { token: "later-alice" })).status, 200);
  assert.equal((await ask("GET", "/v1/notes", { token: "later-old" })).error.code, "SW_AUTH_EXPIRED_TOKEN");
  assert.equal((await ask("GET", "/v1/notes", { token: "later-alice:write" })).status, 403);
  assert.equal((await ask("POST", "/v1/notes", { token: "later-alice", json: { text: 1 } })).status, 400);
});

test("AP1 a scheme is a scheme in any case, and open calls need none", async (t) => {
  const { ask } = await openStand(t);
  assert.equal(
    (await ask("GET", "/v1/notes", { token: null, headers: { authorization: "bEARER   alice" } })).status,
    200,
  );
  assert.deepEqual((await ask("GET", "/v1/hint", { token: null })).data, { hint: "open to undefined" });
});

test("AP1 a call needs its scope, and an admin call the role as well", async (t) => {
  const { ask } = await openStand(t);
  await ask("POST", "/v1/notes", { json: { text: "x" } });
  const cases: [method: string, path: string, token: string, status: number][] = [
    ["GET", "/v1/notes", "alice:read", 200],
    ["GET", "/v1/notes", "alice:write", 403],
    ["GET", "/v1/notes", "alice:admin", 403],
    ["POST", "/v1/notes/note-1/touch", "alice:read", 403],
    ["POST", "/v1/notes/note-1/touch", "alice:write", 200],
    ["DELETE", "/v1/notes/note-1", "alice", 403],
    ["DELETE", "/v1/notes/note-1", "admin:read,write", 403],
    ["DELETE", "/v1/notes/note-1", "admin:admin", 200],
  ];
  for (const [method, path, token, status] of cases) {
    const got = await ask(method, path, { token });
    assert.equal(got.status, status, `${method} ${path} ${token}`);
    if (status === 403) assert.equal(got.error.code, "SW_AUTH_INSUFFICIENT_PERMISSION");
  }
});

test("AP1 a token in the URL is refused, whatever the header says", async (t) => {
  const { ask } = await openStand(t);
  for (const query of ["token=alice", "access_token=alice", "limit=1&Token=alice"]) {
    for (const token of ["alice", null]) {
      const got = await ask("GET", `/v1/notes?${query}`, { token });
      assert.equal(got.status, 400);
      assert.ok(!got.text.includes("alice"));
    }
  }
});

test("AP5 each refusal has the envelope of errors, and each answer a request id", async (t) => {
  const { ask } = await openStand(t);
  const refused = await ask("GET", "/v1/notes/none");
  assert.deepEqual(JSON.parse(refused.text), {
    error: {
      code: "SW_EVENT_NOT_FOUND",
      message: "There is no such event.",
      request_id: refused.headers.get("x-request-id"),
    },
  });
  assert.equal(refused.headers.get("content-type"), "application/json; charset=utf-8");
  assert.equal(refused.headers.get("cache-control"), "no-store");
  const given = await ask("GET", "/v1/notes/none", { headers: { "x-request-id": "trace:1.a-B_c" } });
  assert.equal(given.error.request_id, "trace:1.a-B_c");
  assert.equal(given.headers.get("x-request-id"), "trace:1.a-B_c");
  for (const id of ["with space", 'quo"te', "x".repeat(129)]) {
    assert.notEqual(
      (await ask("GET", "/v1/notes", { headers: { "x-request-id": id } })).headers.get("x-request-id"),
      id,
    );
  }
  const forbidden = await ask("DELETE", "/v1/notes/none");
  assert.equal(typeof forbidden.error.rule, "string");
});

test("AP5 a success has data, and meta where there is some", async (t) => {
  const { ask } = await openStand(t);
  const made = await ask("POST", "/v1/notes", { json: { text: 'quo"te\u2028' } });
  assert.equal(made.status, 201);
  assert.deepEqual(JSON.parse(made.text), {
    data: { id: "note-1", text: 'quo"te\u2028', secret: 'secret of quo"te\u2028' },
    meta: { notes: 1 },
  });
  assert.equal(made.headers.get("content-length"), String(Buffer.byteLength(made.text)));
  assert.deepEqual(JSON.parse((await ask("POST", "/v1/notes/note-1/touch")).text), {
    data: { id: "note-1", text: 'quo"te\u2028' },
  });
});

test("AP5 whatever is thrown is an opaque 500 whose cause is in the log alone", async (t) => {
  const { ask, lines } = await openStand(t);
  const got = await ask("GET", "/v1/notes/broken");
  assert.equal(got.status, 500);
  assert.deepEqual(got.error, {
    code: "SW_INTERNAL",
    message: "Something went wrong on the server.",
    request_id: got.error.request_id,
  });
  const line = lines.find(({ level }) => level === "error")!;
  assert.equal(line.facts.request_id, got.error.request_id);
  assert.equal((line.facts.err as Error).message, "internal words");
  assert.equal(JSON.stringify(lines).includes("broken"), false);
});
