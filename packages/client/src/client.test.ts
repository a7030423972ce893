import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { bundles, directory, members, messages, participants, rooms } from "@stairwell/protocol/api";
import { StairwellClient, type ClientOptions } from "./index.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Step = (response: ServerResponse) => unknown;

/** Answers the steps in turn, the last one for ever, and remembers what was asked. */
async function serve(t: TestContext, ...steps: Step[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      return steps[Math.min(seen.length, steps.length) - 1]!(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = (options: Partial<ClientOptions> = {}) =>
    new StairwellClient({ baseUrl, token: "swt_secret", ...options });
  return { baseUrl, seen, open };
}

const answer =
  (
    data: unknown,
    { status = 200, meta, headers = {} }: { status?: number; meta?: unknown; headers?: Record<string, string> } = {},
  ): Step =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify({ data, meta }));

const refuse =
  (status: number, code: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Step =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify({ error: { code, message: `no: ${code}`, request_id: "req-1", ...more } }));

const cut: Step = (response) => response.destroy();
const busy = refuse(503, "SW_UNAVAILABLE", {}, { "retry-after": "0" });

test("a call goes to its route with the token and strict JSON, and gives the answer's parts", async (t) => {
  const { seen, open } = await serve(
    t,
    answer(
      { id: "room-1" },
      {
        status: 201,
        meta: { invites: [] },
        headers: { "x-request-id": "req-7", "idempotency-replayed": "true" },
      },
    ),
  );
  const got = await open().request(rooms.createRoom, { body: { room_type: "group", name: "Ü" }, idempotencyKey: "k" });
  assert.deepEqual(
    { ...got, data: { ...got.data } },
    {
      data: { id: "room-1" },
      meta: { invites: [] },
      status: 201,
      requestId: "req-7",
      replayed: true,
    },
  );
  const [{ method, url, headers, body }] = seen as [Seen];
  assert.deepEqual([method, url, body], ["POST", "/v1/rooms", '{"room_type":"group","name":"Ü"}']);
  assert.equal(headers.authorization, "Bearer swt_secret");
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["idempotency-key"], "k");
});

test("a call without a body or a token sends neither", async (t) => {
  const { baseUrl, seen } = await serve(t, answer({}));
  await new StairwellClient({ baseUrl: `${baseUrl}/` }).request(participants.getMe);
  assert.equal(seen[0]!.url, "/v1/me");
  assert.equal(seen[0]!.headers["content-type"], undefined);
  assert.equal(seen[0]!.headers.authorization, undefined);
});

test("a refusal is an error with everything the server said", async (t) => {
  const said = { details: [{ path: "/x", reason: "is bad" }], rule: "MB12", needed: 50, actual: 0 };
  const { open } = await serve(t, refuse(403, "SW_ROOM_FORBIDDEN", said));
  await assert.rejects(open().request(members.joinRoom, { params: { room_id: "room-1" } }), {
    name: "StairwellApiError",
    status: 403,
    code: "SW_ROOM_FORBIDDEN",
    message: "no: SW_ROOM_FORBIDDEN",
    requestId: "req-1",
    ...said,
  });
});

test("what is no answer of a server is an error too", async (t) => {
  const { open } = await serve(
    t,
    (response) => response.writeHead(404).end("<html>"),
    (response) => response.end("{}"),
  );
  const client = open({ maxRetries: 0 });
  await assert.rejects(client.request(participants.getMe), { status: 404, code: "UNREADABLE_ANSWER" });
  await assert.rejects(client.request(participants.getMe), { status: 200, code: "UNREADABLE_ANSWER" });
});

test("a redirect is not followed: the token is for this server", async (t) => {
  const { seen, open } = await serve(t, (response) => response.writeHead(302, { location: "/elsewhere" }).end());
  await assert.rejects(open({ maxRetries: 0 }).request(participants.getMe), { name: "StairwellNetworkError" });
  assert.equal(seen.length, 1);
});

test("a read is tried again after a busy answer and after a cut connection", async (t) => {
  const { seen, open } = await serve(t, busy, cut, answer({ local_id: "alice" }));
  const { data } = await open().request(participants.getMe);
  assert.equal(data.local_id, "alice");
  assert.equal(seen.length, 3);
});

test("attempts end after the retries that were asked for, with the last error", async (t) => {
  const { seen, open } = await serve(t, busy);
  await assert.rejects(open({ maxRetries: 1 }).request(participants.getMe), {
    code: "SW_UNAVAILABLE",
    retryAfterSeconds: 0,
  });
  assert.equal(seen.length, 2);
});

test("a POST is tried again with its idempotency key, and never without one", async (t) => {
  const { seen, open } = await serve(t, cut, answer({ membership: "join" }), cut);
  const join = { params: { room_id: "room-1" } };
  await open().request(members.joinRoom, { ...join, idempotencyKey: "once" });
  assert.deepEqual(
    seen.map(({ headers }) => headers["idempotency-key"]),
    ["once", "once"],
  );
  await assert.rejects(open().request(members.joinRoom, join), { name: "StairwellNetworkError", timedOut: false });
  assert.equal(seen.length, 3);
});

test("a refusal that stays is not tried again", async (t) => {
  const { seen, open } = await serve(t, refuse(404, "SW_ROOM_NOT_FOUND"));
  await assert.rejects(open().request(rooms.getRoom, { params: { room_id: "x" } }), { code: "SW_ROOM_NOT_FOUND" });
  assert.equal(seen.length, 1);
});

test("an attempt that takes too long is tried again, and then told as out of time", async (t) => {
  const { seen, open } = await serve(t, () => {});
  const slow = open({ timeoutMs: 500, maxRetries: 1 });
  await assert.rejects(slow.request(participants.getMe), { name: "StairwellNetworkError", timedOut: true });
  assert.equal(seen.length, 2);
});

test("the caller's signal ends a call at once, in its wait for another attempt too", async (t) => {
  const ending = new AbortController();
  const { seen, open } = await serve(t, (response) => {
    refuse(503, "SW_UNAVAILABLE", {}, { "retry-after": "30" })(response);
    response.once("close", () => ending.abort(new Error("enough")));
  });
  await assert.rejects(open().request(participants.getMe, { signal: ending.signal }), /enough/);
  await assert.rejects(open().request(participants.getMe, { signal: ending.signal }), /enough/);
  assert.equal(seen.length, 1);
});

const LINES = { "content-type": "application/x-ndjson" };
const importing = (onWork: (progress: unknown) => void) => ({ file: new Blob(["x"]), idempotencyKey: "once", onWork });
const report = { meta: { report: {} } };

test("BU20 lines are read however they are cut, and whatever a proxy has made of their type", async (t) => {
  const last = JSON.stringify({
    status: 201,
    headers: { "idempotency-replayed": "true" },
    body: { data: null, ...report },
  });
  const said = Buffer.from(`{"progress":"é"}\n{"progress":2}\n${last}\n`);
  const { open } = await serve(t, async (response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8" });
    for (const byte of said) await new Promise((sent) => response.write(Buffer.from([byte]), sent));
    response.end();
  });
  const told: unknown[] = [];
  const { status, replayed } = await open().upload(
    bundles.importRoom,
    importing((progress) => told.push(progress)),
  );
  assert.deepEqual([told, status, replayed], [["é", 2], 201, true]);
});

test("BU20 lines that end without an answer are a failure of the network, and asked for again", async (t) => {
  const { seen, open } = await serve(
    t,
    (response) => response.writeHead(200, LINES).end('{"progress":1}\n'),
    (response) => response.writeHead(200, LINES).end("<html>\n"),
    answer(null, { status: 201, ...report }),
  );
  const { status } = await open().upload(
    bundles.importRoom,
    importing(() => {}),
  );
  assert.deepEqual([status, seen.length], [201, 3]);
});

test("BU20 whoever fails to show how far it is hears of that, and no more of the call", async (t) => {
  const gone = Promise.withResolvers<void>();
  const { seen, open } = await serve(t, (response) => {
    response.once("close", gone.resolve);
    response.writeHead(200, LINES).write('{"progress":1}\n');
  });
  const fails = importing(() => {
    throw new Error("no place for a bar");
  });
  await assert.rejects(open().upload(bundles.importRoom, fails), { name: "Error", message: "no place for a bar" });
  await gone.promise;
  assert.equal(seen.length, 1);
});

test("a list is walked to its end, each page with the cursor of the one before", async (t) => {
  const page = (ids: string[], next_cursor: string | null) =>
    answer(
      ids.map((id) => ({ id })),
      { meta: { has_more: next_cursor !== null, next_cursor } },
    );
  const { seen, open } = await serve(t, page(["a", "b"], "c1"), page([], "c2"), page(["c"], null));
  const found: string[] = [];
  for await (const { id } of open().rows(directory.listParticipants, { query: { q: "x", limit: 2 } })) found.push(id);
  assert.deepEqual(found, ["a", "b", "c"]);
  assert.deepEqual(
    seen.map(({ url }) => new URL(url, "http://x").search),
    ["?q=x&limit=2", "?q=x&limit=2&cursor=c1", "?q=x&limit=2&cursor=c2"],
  );
});

test("pages are asked for one at a time, and history goes on by position", async (t) => {
  const { seen, open } = await serve(t, answer([], { meta: { has_more: true, next_cursor: "41" } }));
  const history = open().pages(messages.listMessages, { params: { room_id: "room-1" }, query: { from: "91" } });
  assert.equal((await history.next()).value?.meta.next_cursor, "41");
  assert.equal(seen.length, 1);
  await history.next();
  assert.equal(seen[1]!.url, "/v1/rooms/room-1/messages?from=41");
  await history.return();
  assert.equal(seen.length, 2);
});

test("walking what is no list is the caller's mistake", async (t) => {
  const { open } = await serve(t, answer({}));
  await assert.rejects(open().pages(participants.getMe).next(), /getMe is no list/);
});

test("the types ask for what a route needs, and for nothing else", async (t) => {
  const { seen, open } = await serve(t, answer({}));
  const client = open({ maxRetries: 0 });
  // @ts-expect-error the route has a parameter
  const without = async () => client.request(rooms.getRoom);
  // @ts-expect-error the parameter has another name
  const misnamed = async () => client.request(rooms.getRoom, { params: { room: "x" } });
  for (const wrong of [without, misnamed]) await assert.rejects(wrong, /needs the parameter room_id/);
  // @ts-expect-error the body's kind is one of four words
  await client.request(rooms.createRoom, { body: { room_type: "secret" } });
  // @ts-expect-error the route takes no query
  await client.request(participants.getMe, { query: { q: "x" } });
  assert.equal(seen.length, 2);
});
