import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "@stairwell/server/testing";
import { assertOk, freshSeed, Person, Random, rounds, StreamClient, TestClock, TestServer } from "@stairwell/testing";
import { tempFolder } from "../support/store.ts";
import type { Log } from "../../src/lib/log.ts";
import { RawStream, upgrade } from "./raw.ts";

/** A token of this person. */
async function mint(person: Person, more: object = {}): Promise<string> {
  return assertOk(await person.post("/v1/me/tokens", { name: "a test", ...more })).data.token;
}

test("ST1 an upgrade without a good credential is refused as any call is, before a frame", async (t) => {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const expires_at = new Date(clock.now() + 1000).toISOString();
  const expired = await mint(alice, { expires_at });
  const writer = await mint(alice, { scopes: ["write"] });
  clock.advance(1000);
  const refusals: [head: Record<string, string>, status: number, code: string][] = [
    [{}, 401, "SW_AUTH_INVALID_TOKEN"],
    [{ Authorization: "Bearer swt_unknown" }, 401, "SW_AUTH_INVALID_TOKEN"],
    [{ Authorization: "Basic YTpi" }, 401, "SW_AUTH_INVALID_TOKEN"],
    [{ Authorization: `Bearer ${expired}` }, 401, "SW_AUTH_EXPIRED_TOKEN"],
    [{ Authorization: `Bearer ${writer}` }, 403, "SW_AUTH_INSUFFICIENT_PERMISSION"],
    [{ path: "/v1/stream?token=swt_unknown" }, 401, "SW_AUTH_INVALID_TOKEN"],
    [{ path: `/v1/stream?token=${expired}` }, 401, "SW_AUTH_EXPIRED_TOKEN"],
    [{ path: "/v1/stream?ticket=unknown" }, 401, "SW_AUTH_INVALID_TOKEN"],
    [{ path: "/v1/stream?ticket=" }, 401, "SW_AUTH_INVALID_TOKEN"],
    [{ path: "/v1/stream?access_token=dev-alice" }, 400, "SW_REQUEST_INVALID"],
    [{ path: "/v1/stream?token=dev-alice&token=dev-alice" }, 400, "SW_REQUEST_INVALID"],
    [{ path: "/v1/stream/?token=dev-alice" }, 404, "SW_NOT_FOUND"],
    [{ path: "/v1/me?token=dev-alice" }, 404, "SW_NOT_FOUND"],
    [{ path: "//v1/stream?token=dev-alice" }, 404, "SW_NOT_FOUND"],
    [{ path: "/v1/stream?token=dev-alice", method: "POST" }, 404, "SW_NOT_FOUND"],
    [{ path: "/v1/stream?token=dev-alice", "Sec-WebSocket-Key": "short" }, 400, "SW_REQUEST_INVALID"],
    [{ path: "/v1/stream?token=dev-alice", "Sec-WebSocket-Version": "7" }, 400, "SW_REQUEST_INVALID"],
    [{ path: "/v1/stream?token=dev-alice", "Sec-WebSocket-Protocol": "a,,b" }, 400, "SW_REQUEST_INVALID"],
  ];
  for (const [head, status, code] of refusals) {
    const answer = await RawStream.ask(t, server.url, upgrade(server.url, { "X-Request-Id": "r-1", ...head }));
    const shown = JSON.stringify(head);
    assert.deepEqual([answer.status, answer.error?.code], [status, code], `${shown} ${answer.text}`);
    assert.equal(answer.headers["content-type"], "application/json; charset=utf-8", shown);
    assert.deepEqual([answer.headers["x-request-id"], answer.error.request_id], ["r-1", "r-1"], shown);
    assert.equal(answer.headers["www-authenticate"], status === 401 ? "bearer" : undefined, shown);
    assert.doesNotMatch(answer.text, /dev-alice|swt_/, shown);
  }
});

test("ST1 a token of another tenant opens a stream of that tenant, and no other", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([], { room_type: "public" });
  const foreign = await StreamClient.open(t, server.person("alice", "other"));
  const own = await StreamClient.open(t, alice);
  assert.notEqual(foreign.hello.tenant_id, own.hello.tenant_id);
  assert.deepEqual([foreign.hello.server_name, own.hello.server_name], ["other.localhost", "dev.localhost"]);
  await alice.say(room, "hello");
  await own.until("swp.room.message");
  assert.equal((await foreign.ask({ type: "send", room_id: room, content: {} })).error.code, "SW_ROOM_NOT_FOUND");
  await foreign.settled();
  assert.deepEqual(
    foreign.rest.map(({ type }) => type),
    ["hello"],
  );
});

test("AU4 in development mode no other origin opens a stream, by whatever credential", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const { host } = new URL(server.url);
  const ticket = () => alice.post("/v1/stream/ticket").then(({ data }) => data.ticket as string);
  const origins = [
    "https://evil.example",
    "null",
    `https://${host}`,
    `http://${host}.evil.example`,
    `http://x@${host}`,
    "",
  ];
  for (const Origin of origins) {
    const credentials = [
      { path: "/v1/stream?token=dev-alice" },
      { path: `/v1/stream?ticket=${await ticket()}` },
      { Authorization: "Bearer dev-alice" },
    ];
    for (const credential of credentials) {
      const { status, error } = await RawStream.ask(t, server.url, upgrade(server.url, { Origin, ...credential }));
      assert.deepEqual([status, error.code], [403, "SW_AUTH_INSUFFICIENT_PERMISSION"], Origin);
    }
  }
  const foreignName = upgrade(server.url, { Host: "stairwell.example", Authorization: "Bearer dev-alice" });
  assert.equal((await RawStream.ask(t, server.url, foreignName)).status, 403);
  const own = await RawStream.connect(t, server.url);
  own.write(upgrade(server.url, { Origin: `http://${host}`, path: "/v1/stream?token=dev-alice" }));
  await own.until('"hello"');
});

test("ST1 elsewhere too a page of another origin cannot use a token in the URL, but a ticket", async (t) => {
  const data = tempFolder(t);
  const usual = await TestServer.start(t, { data });
  const token = await mint((await usual.people("alice"))[0]);
  await usual.stop();
  const server = await TestServer.start(t, { data, dev: false });
  const alice = new Person(server.url, "alice", token);
  const { host } = new URL(server.url);
  for (const Origin of ["https://evil.example", "null", `http://${host}.evil.example`, "http://", "x"]) {
    const head = upgrade(server.url, { Origin, path: `/v1/stream?token=${token}` });
    const { status, error, text } = await RawStream.ask(t, server.url, head);
    assert.deepEqual([status, error.code, error.rule], [403, "SW_AUTH_INSUFFICIENT_PERMISSION", "ST1"], Origin);
    assert.doesNotMatch(text, /swt_/);
    const { ticket } = assertOk(await alice.post("/v1/stream/ticket")).data;
    const stream = await RawStream.connect(t, server.url);
    stream.write(upgrade(server.url, { Origin, path: `/v1/stream?ticket=${ticket}` }));
    await stream.until('"hello"');
  }
  for (const Origin of [`http://${host}`, null]) {
    const stream = await RawStream.connect(t, server.url);
    stream.write(upgrade(server.url, { Origin, path: `/v1/stream?token=${token}` }));
    await stream.until('"hello"');
  }
});

test("ST1 no credential of a stream is ever logged", async (t) => {
  const lines: string[] = [];
  const note = (facts: object, message: string): void => void lines.push(JSON.stringify(facts) + message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const data = tempFolder(t);
  const server = await startServer({ data, listen: { host: "127.0.0.1", port: 0 }, dev: true, log, logRequests: true });
  t.after(() => server.close());
  const alice = new Person(server.url, "alice", "dev-alice");
  const token = await mint(alice);
  const { ticket } = assertOk(await alice.post("/v1/stream/ticket")).data;
  const tokenOwner = new Person(server.url, "alice", token);
  const stream = await StreamClient.open(t, tokenOwner, { by: "query" });
  await StreamClient.open(t, tokenOwner, { by: "ticket" });
  for (const path of [
    `token=${token}x`,
    `ticket=${ticket}`,
    `ticket=${ticket}`,
    `token=${token}&a=1`,
    `access_token=${token}`,
  ]) {
    const raw = await RawStream.connect(t, server.url);
    raw.write(upgrade(server.url, { path: `/v1/stream?${path}` }));
    await raw.more();
    raw.socket.destroy();
  }
  await alice.get(`/v1/sync?token=${token}`);
  stream.say({ type: "nonsense", token });
  await stream.closed();
  await server.close();
  const secret = new RegExp(`${token}|${ticket}`);
  assert.ok(lines.length > 3);
  for (const line of lines) assert.doesNotMatch(line, secret);
});

test("an upgrade to another protocol is passed over, and the call answered", async (t) => {
  const server = await TestServer.start(t);
  const settings = {
    Upgrade: "h2c",
    Connection: "Upgrade, HTTP2-Settings, close",
    "HTTP2-Settings": "AAMAAABkAAQAAP__",
  };
  const answer = await RawStream.ask(t, server.url, upgrade(server.url, { path: "/livez", ...settings }));
  assert.equal(answer.status, 200, answer.text);
});

test("thousands of unfinished upgrades keep nobody out", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const random = new Random(freshSeed());
  const stream = await StreamClient.open(t, bob);
  const half = await Promise.all(Array.from({ length: rounds(5000) }, () => RawStream.connect(t, server.url)));
  for (const { socket } of half) {
    const head = upgrade(server.url, { Authorization: "Bearer dev-alice" });
    socket.write(head.slice(0, random.int(1, head.length - 1)));
  }
  await alice.say(room, "still here");
  await stream.until("swp.room.message");
  const late = await StreamClient.open(t, alice);
  await late.settled();
  for (const { socket } of half) socket.destroy();
});
