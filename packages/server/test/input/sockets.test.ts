import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { openStand } from "../http/kit.ts";
import { openStage, type Stage } from "./specimens.ts";
import { sayRaw } from "./wire.ts";

const AUTH = "Host: localhost\r\nAuthorization: Bearer dev-alice\r\n";
/** A second request that must never be taken for one: it would make a workspace. */
const SMUGGLED = `POST /v1/workspaces HTTP/1.1\r\n${AUTH}Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{"name":"Smuggled"}`;

/** The statuses of the answers, in order. */
const statuses = (heard: string): number[] =>
  [...heard.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));

async function assertAlive(stage: Stage, before: string, context: string): Promise<void> {
  assertOk(await stage.alice.get("/v1/me"));
  assert.equal(await stage.version(), before, `${context}: something was written`);
}

test("AP1 a request that two readers could cut differently is refused, and its connection ends", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const post = `POST /v1/rooms/${stage.ids.room_id}/join HTTP/1.1\r\n${AUTH}Content-Type: application/json\r\n`;
  const pairs: Record<string, string> = {
    "a length and chunks": `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "chunks and a length": `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "two lengths": `${post}Content-Length: 2\r\nContent-Length: 100\r\n\r\n{}${SMUGGLED}`,
    "two equal lengths": `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}${SMUGGLED}`,
    "a list of lengths": `${post}Content-Length: 2, 2\r\n\r\n{}${SMUGGLED}`,
    "a length with a sign": `${post}Content-Length: +2\r\n\r\n{}${SMUGGLED}`,
    "a length in hex": `${post}Content-Length: 0x2\r\n\r\n{}${SMUGGLED}`,
    "a negative length": `${post}Content-Length: -1\r\n\r\n{}${SMUGGLED}`,
    "a length beyond numbers": `${post}Content-Length: 99999999999999999999\r\n\r\n{}${SMUGGLED}`,
    "an unknown coding": `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "chunks that are not last": `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "two codings": `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "a space before the colon": `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "a control in the coding": `${post}Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "a folded line": `${post}Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "bare line feeds": `${post.replaceAll("\r\n", "\n")}Content-Length: 2\n\n{}${SMUGGLED}`,
    "a bare carriage return": `${post}X: a\rContent-Length: 100\r\n\r\n${SMUGGLED}`,
    "a NUL in a header": `${post}X: a\0b\r\nContent-Length: 2\r\n\r\n{}${SMUGGLED}`,
    "a chunk of no size": `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n${SMUGGLED}`,
    "a chunk of a huge size": `${post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n{}\r\n0\r\n\r\n${SMUGGLED}`,
    "a chunk without its end": `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n${SMUGGLED}`,
    "a chunk ended by a line feed": `${post}Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n${SMUGGLED}`,
    "a space at the start": ` ${post}Content-Length: 2\r\n\r\n{}${SMUGGLED}`,
    "a header without a name": `${post}: x\r\nContent-Length: 2\r\n\r\n{}${SMUGGLED}`,
  };
  for (const [what, bytes] of Object.entries(pairs)) {
    const heard = await sayRaw(stage.server.url, bytes);
    // At most one answer, and no request after it: the connection was closed, or this would wait for ever.
    const seen = statuses(heard);
    assert(
      seen.length <= 1 && seen.every((status) => status >= 400 && status < 500),
      `${what}: ${heard.slice(0, 400)}`,
    );
    await assertAlive(stage, before, what);
  }
});

test("AP1 other versions, methods and forms of HTTP are refused or closed, and the server lives on", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const close = "Connection: close\r\n";
  const forms: Record<string, [bytes: string, statuses: readonly number[]]> = {
    "HTTP/1.0 without a host": ["GET /v1/me HTTP/1.0\r\nAuthorization: Bearer dev-alice\r\n\r\n", [403]],
    "HTTP/0.9": ["GET /v1/me\r\n\r\n", [400]],
    "HTTP/2 without being asked": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]],
    "HTTP/9.9": [`GET /v1/me HTTP/9.9\r\n${AUTH}\r\n`, [400]],
    "no host": [`GET /v1/me HTTP/1.1\r\nAuthorization: Bearer dev-alice\r\n${close}\r\n`, [400]],
    "two hosts": [`GET /v1/me HTTP/1.1\r\n${AUTH}Host: evil.example\r\n${close}\r\n`, [400]],
    "a host of somebody else": [
      `GET /v1/me HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer dev-alice\r\n${close}\r\n`,
      [403],
    ],
    "a whole URL": [`GET http://evil.example/v1/me HTTP/1.1\r\n${AUTH}${close}\r\n`, [404, 400, 403]],
    "a WebSocket where there is none": [
      `GET /v1/me HTTP/1.1\r\n${AUTH}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      [404],
    ],
    "a WebSocket without a key": [
      `GET /v1/stream HTTP/1.1\r\n${AUTH}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      [400],
    ],
    "a proxy's CONNECT": [`CONNECT evil.example:443 HTTP/1.1\r\n${AUTH}\r\n`, [400, 404, 405, 501]],
    TRACE: [`TRACE /v1/me HTTP/1.1\r\n${AUTH}${close}\r\n`, [405]],
    "an asterisk": [`OPTIONS * HTTP/1.1\r\n${AUTH}${close}\r\n`, [405]],
    "a lower-case method": [`get /v1/me HTTP/1.1\r\n${AUTH}${close}\r\n`, [400]],
    "an unknown method": [`BREW /v1/me HTTP/1.1\r\n${AUTH}${close}\r\n`, [400]],
    "bytes of TLS": ["\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", [400]],
    "an expectation": [`GET /v1/me HTTP/1.1\r\n${AUTH}Expect: the-impossible\r\n${close}\r\n`, [417]],
    "an upgrade to nothing known": [
      `GET /v1/stream HTTP/1.1\r\n${AUTH}Upgrade: foo/2\r\nConnection: Upgrade, close\r\n\r\n`,
      [400, 404, 426],
    ],
    "17 KiB of headers": [`GET /v1/me HTTP/1.1\r\n${AUTH}X: ${"x".repeat(17 * 1024)}\r\n\r\n`, [431]],
    "17 KiB of headers in many": [
      `GET /v1/me HTTP/1.1\r\n${AUTH}${`X: ${"x".repeat(100)}\r\n`.repeat(170)}\r\n`,
      [431],
    ],
    "17 KiB of path": [`GET /v1/${"x".repeat(17 * 1024)} HTTP/1.1\r\n${AUTH}\r\n`, [431, 414]],
    "a name with a space": [`GET /v1/me HTTP/1.1\r\n${AUTH}X Y: z\r\n\r\n`, [400]],
  };
  for (const [what, [bytes, expected]] of Object.entries(forms)) {
    const heard = await sayRaw(stage.server.url, Buffer.from(bytes, "latin1"));
    const seen = statuses(heard);
    // CONNECT may be closed without a word.
    assert(
      seen.length === 0 ? what.includes("CONNECT") : seen.length === 1 && expected.includes(seen[0]!),
      `${what}: ${heard.slice(0, 300)}`,
    );
    assert(!/\.ts:|node_modules|node:internal/.test(heard), what);
    await assertAlive(stage, before, what);
  }
});

test("AP1 an offer of another protocol is passed over, and the request is answered", async (t) => {
  const stage = await openStage(t);
  for (const upgrade of ["h2c", "TLS/1.3", "HTTP/2.0"]) {
    const heard = await sayRaw(
      stage.server.url,
      `GET /v1/me HTTP/1.1\r\n${AUTH}Upgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n`,
    );
    assert.deepEqual(statuses(heard), [200], `${upgrade}: ${heard}`);
  }
});

test("AP4 headers with names that every object seems to have are headers like any other", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  for (const name of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"]) {
    const heard = await stage.wire.say({ method: "GET", path: "/v1/me", headers: { ...stage.headers, [name]: "x" } });
    assert.equal(heard.status, 200, name);
    const raw = await sayRaw(
      stage.server.url,
      `GET /v1/me HTTP/1.1\r\n${name}: x\r\n${name}: y\r\n${AUTH}Connection: close\r\n\r\n`,
    );
    assert.deepEqual(statuses(raw), [200], name);
  }
  assert.equal(({} as { x?: unknown }).x, undefined);
  assert.equal(await stage.version(), before);
});

test("AP1 a client that goes away in the middle of anything does no harm", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const body = '{"content":{"body":"cut"}}';
  const whole = `POST /v1/rooms/${stage.ids.room_id}/send HTTP/1.1\r\n${AUTH}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const port = Number(new URL(stage.server.url).port);
  // Cut after each few bytes; the whole request is never sent.
  await Promise.all(
    Array.from({ length: Math.floor(whole.length / 3) }, async (_, i) => {
      const socket = connect(port, "127.0.0.1");
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => {});
      await new Promise((resolve) => socket.write(whole.slice(0, 3 * i), resolve));
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
      await closed;
    }),
  );
  await assertAlive(stage, before, "cut requests");
});

test("AP1 headers that come too slowly are cut off with an answer", async (t) => {
  const { app, port } = await openStand(t);
  // The limit alone is shorter than in service; who keeps it is the same.
  app.server.headersTimeout = 100;
  const heard = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write("GET /v1/notes HTTP/1.1\r\nHost: x\r\nX-Slow: "));
    // One more byte with each look of the server would go on for ever.
    const drip = setInterval(() => socket.write("x"), 50);
    socket.on("data", (part: Buffer) => (text += part.toString()));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(drip);
      resolve(text);
    });
  });
  assert.deepEqual(statuses(heard), [408]);
  assert.match(heard, /"SW_REQUEST_INVALID"/);
});
