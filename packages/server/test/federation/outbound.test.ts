import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { stopwatch } from "@stairwell/testing";
import { gzipSync } from "node:zlib";
import { Outbound, OutboundFault, type Outgoing, type Place, type Resolve } from "../../src/lib/outbound.ts";
import { ALONE, AUTHORITY, EXPIRED, GOOD, OTHER } from "./tls.ts";
import { until } from "../nodes/until.ts";

const ASK: Outgoing = {
  method: "GET",
  target: "/x",
  headers: { host: "peer.example" },
  deadlineMs: 5000,
  mostBytes: 1000,
};

/** A server on loopback that ends with the test, and how often somebody connected. */
async function listening(t: TestContext, server: ReturnType<typeof createTcpServer>) {
  const sockets = new Set<Socket>();
  const seen = { connections: 0 };
  server.on("connection", (socket: Socket) => {
    seen.connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return Object.assign(seen, { port: (server.address() as AddressInfo).port, sockets });
}

async function plain(t: TestContext, listener: RequestListener) {
  const seen = await listening(t, createServer({ maxHeaderSize: 1 << 20 }, listener));
  const place: Place = { hostname: "127.0.0.1", port: seen.port, isSecure: false, mayBePrivate: true };
  return { seen, place };
}

/** A server that speaks bytes of our choosing. */
async function raw(t: TestContext, speak: (socket: Socket) => void) {
  const server = createTcpServer((socket) => socket.once("data", () => speak(socket)));
  const seen = await listening(t, server);
  const place: Place = { hostname: "127.0.0.1", port: seen.port, isSecure: false, mayBePrivate: true };
  return { seen, place };
}

const fault = (says: RegExp, mayHaveArrived?: boolean) => (error: unknown) => {
  assert(error instanceof OutboundFault, String(error));
  assert.match(error.message, says);
  if (mayHaveArrived !== undefined) assert.equal(error.mayHaveArrived, mayHaveArrived);
  return true;
};

const at =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address }));

test("FD21 an answer comes whole, with its status and headers", async (t) => {
  const { place } = await plain(t, (request, response) => {
    response.setHeader("x-host", request.headers.host!).writeHead(201).end("an answer");
  });
  const { status, headers, body } = await new Outbound().ask(place, ASK);
  assert.deepEqual([status, headers["x-host"], body.toString()], [201, "peer.example", "an answer"]);
});

test("FD21 a name with any address that is not public is not connected to: FOU-01, FOU-04", async (t) => {
  const { seen, place } = await plain(t, (_request, response) => response.end());
  for (const addresses of [
    ["127.0.0.1"],
    ["10.0.0.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["169.254.169.254"],
    ["3ffe::1", "127.0.0.1"],
    ["8.8.8.8", "192.168.1.1"],
    ["0x7f.1"],
  ]) {
    const outbound = new Outbound({ resolve: at(...addresses) });
    const guarded = { ...place, hostname: "peer.example", mayBePrivate: false };
    await assert.rejects(outbound.ask(guarded, ASK), fault(/has an address that is not of the public internet/, false));
  }
  for (const hostname of ["127.0.0.1", "::1", "10.1.2.3"]) {
    await assert.rejects(
      new Outbound().ask({ ...place, hostname, mayBePrivate: false }, ASK),
      fault(/not of the public/),
    );
  }
  // By the system's own resolver, in the ways in which an address can be written.
  for (const hostname of ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"]) {
    const asked = new Outbound().ask({ ...place, hostname, mayBePrivate: false }, ASK);
    await assert.rejects(asked, fault(/not of the public internet|cannot be looked up/, false));
  }
  assert.equal(seen.connections, 0);
});

test("FD21 a name that is public when it is looked at and private afterwards leads nowhere: FOU-02", async (t) => {
  const { seen, place } = await plain(t, (_request, response) => response.end());
  let lookups = 0;
  // Nobody routes the first one.
  const resolve: Resolve = async () => [{ address: lookups++ === 0 ? "3ffe::1" : "127.0.0.1" }];
  const guarded = { ...place, hostname: "peer.example", mayBePrivate: false };
  await assert.rejects(new Outbound({ resolve }).ask(guarded, { ...ASK, deadlineMs: 500 }), OutboundFault);
  assert.equal(lookups, 1);
  assert.equal(seen.connections, 0);
});

test("FD21 what cannot be looked up or connected to was not sent", async (t) => {
  const { place } = await plain(t, (_request, response) => response.end());
  const nowhere = new Outbound({ resolve: () => Promise.reject(new Error("ENOTFOUND")) });
  const named = { ...place, hostname: "peer.example" };
  await assert.rejects(nowhere.ask(named, ASK), fault(/the name peer\.example cannot be looked up/, false));
  await assert.rejects(new Outbound({ resolve: at() }).ask(named, ASK), fault(/has no address/, false));
  await assert.rejects(new Outbound().ask({ ...place, port: 1 }, ASK), fault(/takes no connections/, false));
  const never = new Outbound({ resolve: () => new Promise(() => {}) });
  await assert.rejects(never.ask(named, { ...ASK, deadlineMs: 50 }), fault(/not looked up in time/, false));
  // The next address is tried where the first takes no connections.
  const second = new Outbound({ resolve: at("127.0.0.2", "127.0.0.1") });
  assert.equal((await second.ask(named, ASK)).status, 200);
});

test("FD21 redirects are answers like others, and nobody follows them: FOU-03, FOU-09", async (t) => {
  const trap = await plain(t, (_request, response) => response.end("trap"));
  for (const location of [`http://127.0.0.1:${trap.place.port}/`, "file:///etc/passwd", "/x", "//peer.example/"]) {
    const { place, seen } = await plain(t, (_request, response) => response.writeHead(302, { location }).end());
    assert.equal((await new Outbound().ask(place, ASK)).status, 302);
    assert.equal(seen.connections, 1);
  }
  assert.equal(trap.seen.connections, 0);
});

test("FD21 an answer ends at its limit, announced or not: FOU-07", async (t) => {
  const exact = await plain(t, (_request, response) => response.end("x".repeat(1000)));
  assert.equal((await new Outbound().ask(exact.place, ASK)).body.length, 1000);
  const announced = await plain(t, (_request, response) =>
    response.setHeader("content-length", 1001).end("x".repeat(1001)),
  );
  await assert.rejects(new Outbound().ask(announced.place, ASK), fault(/larger than 1000 bytes/, true));
  const endless = await plain(t, (_request, response) => {
    const more = (): void => void (response.destroyed || response.write("x".repeat(100), () => setImmediate(more)));
    more();
  });
  await assert.rejects(new Outbound().ask(endless.place, ASK), fault(/larger than 1000 bytes/, true));
});

test("FD21 a compressed answer is refused, since none was asked for: FOU-07", async (t) => {
  for (const encoding of ["gzip", "br", "deflate", "identity, gzip"]) {
    const { place } = await plain(t, (_request, response) => {
      response.setHeader("content-encoding", encoding).end(gzipSync(Buffer.alloc(1 << 20)));
    });
    await assert.rejects(new Outbound().ask(place, ASK), fault(/is compressed/, true));
  }
});

test("FD21 an answer of a byte now and then ends with the deadline over all of it: FOU-08", async (t) => {
  const { place } = await plain(t, (_request, response) => {
    const more = setInterval(() => response.write("x"), 20);
    response.once("close", () => clearInterval(more));
  });
  const took = stopwatch();
  await assert.rejects(new Outbound().ask(place, { ...ASK, deadlineMs: 1000 }), fault(/did not answer in time/, true));
  assert(took() < 3000);
  const silent = await raw(t, () => {});
  await assert.rejects(new Outbound().ask(silent.place, { ...ASK, deadlineMs: 1000 }), fault(/in time/, true));
  const slowHead = await raw(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
    const more = setInterval(() => socket.write("x"), 20);
    socket.once("close", () => clearInterval(more));
  });
  await assert.rejects(new Outbound().ask(slowHead.place, { ...ASK, deadlineMs: 1000 }), fault(/in time/, true));
});

test("FD21 what is no proper answer is an error, and the connection is over: FOU-09", async (t) => {
  for (const [bytes, says] of [
    ["HTTP/1.1 100 Continue\r\n\r\n".repeat(100), /interim answers without an end/],
    [`HTTP/1.1 200 OK\r\n${"X-Much: 0123456789\r\n".repeat(2000)}\r\n`, /headers are too large/],
    ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", /another protocol/],
    ["SSH-2.0-OpenSSH_9.7\r\n", /not HTTP/],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", /not HTTP/],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345", /not HTTP/],
  ] as const) {
    const { place, seen } = await raw(t, (socket) => socket.write(bytes));
    await assert.rejects(new Outbound().ask(place, ASK), fault(says, true), bytes.slice(0, 40));
    const [socket] = seen.sockets;
    if (socket !== undefined && !socket.closed) await once(socket, "close");
  }
  const broken = await raw(t, (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n123"));
  await assert.rejects(new Outbound().ask(broken.place, ASK), fault(/broke off/, true));
});

test("FD21 no text gets into a request but where it belongs: FOU-23", async (t) => {
  const { place, seen } = await plain(t, (_request, response) => response.end());
  const outbound = new Outbound();
  for (const target of ["/a b", "/a\r\nX: y", "/a\nb", "/é\u{1F36E}"]) {
    await assert.rejects(async () => outbound.ask(place, { ...ASK, target }), /unescaped|Invalid/);
  }
  await assert.rejects(async () => outbound.ask(place, { ...ASK, headers: { host: "a\r\nx: y" } }), /Invalid/);
  assert.equal(seen.connections, 0);
});

test("FD21 TLS is verified by the server's own name: FOU-24", async (t) => {
  const secure = async ({ cert, key }: { cert: string; key: string }, options = {}): Promise<Place> => {
    const server = createSecureServer({ cert, key, ...options }, (_request, response) => response.end("secret"));
    const { port } = await listening(t, server);
    return { hostname: "peer.example", port, isSecure: true, mayBePrivate: true };
  };
  const resolve = at("127.0.0.1");
  const outbound = new Outbound({ resolve, ca: AUTHORITY });
  assert.equal((await outbound.ask(await secure(GOOD), ASK)).body.toString(), "secret");
  for (const [what, place, says] of [
    ["another name", await secure(OTHER), /certificate is not good.*altnames|certificate is not good.*other\.example/i],
    ["expired", await secure(EXPIRED), /certificate has expired/],
    ["self-signed", await secure(ALONE), /self-signed/],
    ["TLS 1.1", await secure(GOOD, { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "ALL@SECLEVEL=0" }), /./],
  ] as const) {
    await assert.rejects(outbound.ask(place, ASK), fault(says, false), what);
  }
  await assert.rejects(new Outbound({ resolve }).ask(await secure(GOOD), ASK), fault(/certificate is not good/, false));
  // No variable turns it off.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  t.after(() => delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
  await assert.rejects(outbound.ask(await secure(ALONE), ASK), fault(/self-signed/, false));
});

test("FD21 a connection is kept for the next request, to the address that was checked, whatever its name says by then: FOU-02", async (t) => {
  const { seen, place } = await plain(t, (_request, response) => response.end("kept"));
  const addresses = ["127.0.0.1", "10.0.0.1"];
  let lookups = 0;
  const resolve: Resolve = async () => [{ address: addresses[Math.min(lookups++, 1)]! }];
  const outbound = new Outbound({ resolve });
  t.after(() => outbound.close());
  const named = { ...place, hostname: "peer.example" };
  for (let i = 0; i < 5; i++) assert.equal((await outbound.ask(named, ASK)).body.toString(), "kept");
  assert.deepEqual([seen.connections, lookups], [1, 1]);
  // Another right to be there is another place, however near: it is looked up and checked.
  const guarded = { ...named, mayBePrivate: false };
  await assert.rejects(outbound.ask(guarded, ASK), fault(/not of the public internet/, false));
  assert.deepEqual([seen.connections, lookups], [1, 2]);
  // What broke off, or was too much, is never used again.
  await assert.rejects(outbound.ask(named, { ...ASK, mostBytes: 1 }), fault(/larger than 1 bytes/, true));
  const [kept] = seen.sockets;
  if (kept !== undefined && !kept.closed) await once(kept, "close");
  await assert.rejects(outbound.ask(named, { ...ASK, deadlineMs: 300 }), OutboundFault);
  assert.deepEqual([seen.connections, lookups], [1, 3]);
});

test("FD21 two requests at once have a connection each, and few are kept", async (t) => {
  const waiting: (() => void)[] = [];
  const { seen, place } = await plain(t, (_request, response) => void waiting.push(() => response.end("kept")));
  const outbound = new Outbound();
  t.after(() => outbound.close());
  const asked = Array.from({ length: 6 }, () => outbound.ask(place, ASK));
  await until(() => waiting.length === 6);
  assert.equal(seen.connections, 6);
  for (const answer of waiting.splice(0)) answer();
  await Promise.all(asked);
  await until(() => seen.sockets.size <= 2);
  const again = outbound.ask(place, ASK);
  await until(() => waiting.length === 1);
  waiting[0]!();
  await again;
  assert.deepEqual([seen.connections, seen.sockets.size], [6, 2]);
});

test("FD21 a kept connection that was closed meanwhile says so, and another is made", async (t) => {
  let answers = 0;
  const { seen, place } = await plain(t, (request, response) => {
    // The second request on a connection is what it is closed for.
    if (++answers === 2) return void request.socket.destroy();
    response.end("well");
  });
  const outbound = new Outbound();
  t.after(() => outbound.close());
  await outbound.ask(place, ASK);
  await assert.rejects(outbound.ask(place, ASK), (error) => error instanceof OutboundFault && error.isStale);
  assert.equal((await outbound.ask(place, ASK)).body.toString(), "well");
  assert.equal(seen.connections, 2);
  const first = await plain(t, (request) => void request.socket.destroy());
  await assert.rejects(outbound.ask(first.place, ASK), (error) => error instanceof OutboundFault && !error.isStale);
});
