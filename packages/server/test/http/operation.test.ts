import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { Histogram } from "../../src/lib/histogram.ts";
import { openStand } from "./kit.ts";

test("AP1 development mode answers under loopback names and to its own origin only", async (t) => {
  const { raw } = await openStand(t, { dev: true });
  const status = async (host: string, origin?: string): Promise<number> => {
    const got = await raw(
      `GET /v1/hint HTTP/1.1\r\nHost: ${host}\r\n${origin === undefined ? "" : `Origin: ${origin}\r\n`}Connection: close\r\n\r\n`,
    );
    return Number(/^HTTP\/1.1 (\d+)/.exec(got)![1]);
  };
  for (const host of [
    "localhost",
    "localhost:8080",
    "LOCALHOST",
    "dev.localhost:8080",
    "127.0.0.1",
    "127.8.8.8:1",
    "[::1]:8080",
  ]) {
    assert.equal(await status(host), 200, host);
    assert.equal(await status(host, `http://${host}`), 200, host);
  }
  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "192.168.1.5",
    "0.0.0.0",
    "",
    "evil-localhost",
    "localhost:8080@evil",
  ]) {
    assert.equal(await status(host), 403, host);
  }
  for (const origin of [
    "https://evil.example",
    "null",
    "http://localhost:3000",
    "https://localhost",
    "http://localhost.evil.example",
    "",
  ]) {
    assert.equal(await status("localhost", origin), 403, origin);
  }
});

test("AP1 outside development mode the host is no credential", async (t) => {
  const { raw } = await openStand(t);
  assert.match(
    await raw("GET /v1/hint HTTP/1.1\r\nHost: evil.example\r\nOrigin: https://x\r\nConnection: close\r\n\r\n"),
    /^HTTP\/1.1 200 /,
  );
});

test("the probes are open and tell a dead store from a live process", async (t) => {
  let fault: Error | undefined;
  const { ask, lines } = await openStand(t, {
    isReady: () => (fault === undefined ? Promise.resolve() : Promise.reject(fault)),
  });
  for (const path of ["/livez", "/healthz", "/readyz"]) {
    const got = await ask("GET", path, { token: null });
    assert.equal(got.status, 200);
    assert.deepEqual(got.data, { ok: true });
  }
  fault = new Error("disk on fire");
  const got = await ask("GET", "/readyz", { token: null });
  assert.equal(got.status, 503);
  assert.equal(got.error.code, "SW_UNAVAILABLE");
  assert.equal(got.headers.get("retry-after"), "1");
  assert.ok(!got.text.includes("fire"));
  assert.equal((lines.at(-1)!.facts.err as Error).message, "disk on fire");
  assert.equal((await ask("GET", "/livez", { token: null })).status, 200);
});

test("draining answers what is under way, closes every connection, and takes no more", async (t) => {
  const { app, book, draining, port, ask } = await openStand(t);
  await ask("POST", "/v1/notes", { json: { text: "a" } });
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  book.beforeRead = () => {
    begun.resolve();
    return go.promise;
  };
  const parts: string[] = [];
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("data", (part) => parts.push(String(part)));
  socket.write("GET /v1/notes/note-1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n\r\n");
  await begun.promise;
  const drained = draining.start(app);
  go.resolve();
  await drained;
  await closed;
  const text = parts.join("");
  assert.match(text, /^HTTP\/1.1 200 [^]*"id":"note-1"/);
  assert.match(text, /connection: close/i);
  await assert.rejects(ask("GET", "/v1/notes"));
});

test("a new request on a kept connection is 503 while the server drains, and probes are answered", async (t) => {
  const { ask, draining } = await openStand(t);
  // Draining that has begun but whose listener is still open, as a balancer sees it for a moment.
  const closing = Promise.withResolvers<never>();
  t.after(() => closing.resolve(undefined as never));
  const server = { closeAllConnections: () => {}, closeIdleConnections: () => {} };
  void draining.start({ close: () => closing.promise, server } as never);
  const got = await ask("GET", "/v1/notes");
  assert.equal(got.status, 503);
  assert.equal(got.error.code, "SW_UNAVAILABLE");
  assert.equal(got.headers.get("connection"), "close");
  assert.equal(got.headers.get("retry-after"), "1");
  assert.equal((await ask("GET", "/readyz")).status, 503);
  assert.equal((await ask("GET", "/livez")).status, 200);
});

test("draining cuts off what does not end in time", async (t) => {
  const { app, book, draining, port, ask } = await openStand(t);
  await ask("POST", "/v1/notes", { json: { text: "a" } });
  const begun = Promise.withResolvers<void>();
  book.beforeRead = () => {
    begun.resolve();
    return new Promise(() => {});
  };
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.write("GET /v1/notes/note-1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n\r\n");
  await begun.promise;
  await draining.start(app, 20);
  await closed;
});

test("metrics are for local callers that come without a proxy, and count requests by call and status", async (t) => {
  const commits = new Histogram("stairwell_commit_size", "Commands a group.", [1, 10]);
  commits.series().observe(4);
  const { ask } = await openStand(t, { metrics: { token: null, sources: [commits] } });
  await ask("GET", "/v1/notes");
  await ask("GET", "/v1/notes/none");
  await ask("GET", "/nothing");
  const got = await ask("GET", "/metrics", { token: null });
  assert.equal(got.status, 200);
  assert.match(got.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  for (const line of [
    'stairwell_http_request_seconds_count{call="listNotes",status="2xx"} 1',
    'stairwell_http_request_seconds_count{call="getNote",status="4xx"} 1',
    'stairwell_http_request_seconds_count{call="other",status="4xx"} 1',
    'stairwell_commit_size_bucket{le="10"} 1',
    "process_resident_memory_bytes ",
  ]) {
    assert.ok(got.text.includes(`\n${line}`), line);
  }
  for (const header of ["x-forwarded-for", "forwarded", "via"]) {
    assert.equal((await ask("GET", "/metrics", { token: null, headers: { [header]: "1.1 a" } })).status, 403);
  }
});

test("metrics with a token are for whoever has it, and for nobody else", async (t) => {
  const { ask } = await openStand(t, { metrics: { token: "scrape-me", sources: [] } });
  assert.equal((await ask("GET", "/metrics", { token: "scrape-me" })).status, 200);
  for (const token of [null, "scrape-m", "scrape-me2", "alice"]) {
    assert.equal((await ask("GET", "/metrics", { token })).status, 401);
  }
});

test("requests are logged when asked for, without tokens, paths, queries or bodies", async (t) => {
  const quiet = await openStand(t);
  await quiet.ask("GET", "/v1/notes");
  assert.equal(quiet.lines.length, 0);
  const { ask, lines } = await openStand(t, { logRequests: true });
  await ask("POST", "/v1/notes", { json: { text: "private words" }, headers: { "x-request-id": "r1" } });
  await ask("GET", "/v1/notes?token=alice");
  await ask("GET", "/secret-alias");
  const { ms, ...facts } = lines[0]!.facts;
  assert.equal(typeof ms, "number");
  assert.deepEqual(facts, {
    request_id: "r1",
    method: "POST",
    call: "createNote",
    status: 201,
    tenant: "acme",
    participant_id: "prt-alice",
  });
  assert.equal(lines.length, 3);
  assert.doesNotMatch(JSON.stringify(lines), /private|token=|secret-alias|Bearer/);
});

test("a slow request is logged", async (t) => {
  let passed = 0;
  const clock = { now: () => Date.now(), monotonic: () => (passed += 600) };
  const { ask, lines } = await openStand(t, { clock });
  await ask("GET", "/v1/notes");
  assert.equal(lines.length, 0);
  const { ask: askSlow, lines: slow } = await openStand(t, { clock: { ...clock, monotonic: () => (passed += 1001) } });
  await askSlow("GET", "/v1/notes");
  assert.deepEqual([slow[0]!.level, slow[0]!.message], ["warn", "slow request"]);
});
