import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { StairwellClient } from "@stairwell/client";
import { StairwellError } from "@stairwell/protocol";
import { PROGRESS_LINES, type Route } from "@stairwell/protocol/api";
import { TestClock } from "@stairwell/testing";
import { Type } from "typebox";
import { upload } from "../../src/http/endpoint.ts";
import { perform } from "../../src/receipts/index.ts";
import { openStand } from "./kit.ts";

const ACCEPT = { accept: `${PROGRESS_LINES}, application/json` };

const takeLong = {
  operationId: "takeLong",
  method: "POST",
  path: "/v1/long",
  tag: "notes",
  summary: "made up",
  access: "write",
  form: Type.Object({}, { additionalProperties: false }),
  statuses: [201],
  data: Type.Object({ done: Type.Integer() }),
  progress: Type.Object({ done: Type.Integer() }),
  errors: [],
} as const satisfies Route;

type Work = (tell: (progress: { done: number }) => void) => Promise<void>;

/** A call that takes as long as its test has it, and tells how far it is. */
async function openLong(t: TestContext, work: Work) {
  // Where a test fails in the middle nobody ends the work, and the server would wait for it.
  const over = Promise.withResolvers<void>();
  t.after(() => over.resolve());
  const stand = await openStand(t, (db) => ({
    progressMs: 1,
    // What takes long on a slow machine is no line of the log.
    clock: new TestClock(),
    endpoints: [
      upload(
        takeLong,
        () => ({ most: 100, tooLarge: "SW_CONTENT_TOO_LARGE" }),
        ({ onProgress }, receipt) =>
          perform(db, "deployment", receipt, async () => {
            await Promise.race([work(onProgress), over.promise]);
            return { status: 201, ref: { done: 3 } };
          }),
        (_asked, { ref }) => ({ data: ref }),
      ),
    ],
  }));
  const ask = (headers: Record<string, string>): Promise<Response> => {
    const body = new FormData();
    body.set("file", new Blob(["x"]), "x");
    const authorized = { authorization: "Bearer alice", ...headers };
    return fetch(`${stand.url}/v1/long`, { method: "POST", body, headers: authorized });
  };
  return { ...stand, ask };
}

/** What is said line by line, one after the other. */
async function* linesOf(response: Response): AsyncGenerator<Record<string, unknown>, void, undefined> {
  let rest = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    yield* lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  assert.equal(rest, "");
}

test("BU20 a call that takes long tells how far it is, line by line, and its answer in the last line", async (t) => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const { ask, lines: logged } = await openLong(t, async (tell) => {
    tell({ done: 1 });
    await gates[0].promise;
    tell({ done: 2 });
    await gates[1].promise;
  });
  const response = await ask(ACCEPT);
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, PROGRESS_LINES]);
  assert.match(response.headers.get("x-request-id")!, /./);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  const said: unknown[] = [];
  for await (const line of linesOf(response)) {
    // Of what takes long without a word the last one comes again: proxies end what is silent.
    if (isDeepStrictEqual(line, said.at(-1))) gates[said.length - 1]!.resolve();
    else said.push(line);
  }
  assert.deepEqual(said, [
    { progress: { done: 1 } },
    { progress: { done: 2 } },
    { status: 201, headers: {}, body: { data: { done: 3 } } },
  ]);
  assert.deepEqual(logged, []);
});

test("BU20 what is refused after the first line is refused in the last one, with its status and its headers", async (t) => {
  const end = Promise.withResolvers<void>();
  const { ask } = await openLong(t, async (tell) => {
    tell({ done: 1 });
    await end.promise;
    throw new StairwellError("SW_UNAVAILABLE", { retryAfterSeconds: 7 });
  });
  const response = await ask(ACCEPT);
  end.resolve();
  const lines = await Array.fromAsync(linesOf(response));
  const last = lines.at(-1) as {
    status: number;
    headers: object;
    body: { error: { code: string; request_id: string } };
  };
  assert.deepEqual([last.status, last.headers], [503, { "retry-after": "7" }]);
  assert.equal(last.body.error.code, "SW_UNAVAILABLE");
  assert.equal(last.body.error.request_id, response.headers.get("x-request-id"));
});

test("BU20 a repeat that comes while the first is told of is answered once that is through", async (t) => {
  const end = Promise.withResolvers<void>();
  const { ask } = await openLong(t, async (tell) => {
    tell({ done: 1 });
    await end.promise;
  });
  const headers = { ...ACCEPT, "idempotency-key": "k" };
  const first = await ask(headers);
  const repeat = ask(headers);
  end.resolve();
  const lines = await Array.fromAsync(linesOf(first));
  assert.deepEqual(lines.at(-1), { status: 201, headers: {}, body: { data: { done: 3 } } });
  // Of it there was nothing to tell.
  const { status, headers: answered } = await repeat;
  assert.deepEqual([status, answered.get("idempotency-replayed")], [201, "true"]);
});

test("BU20 the SDK hears how far it is, and answers and refuses as without", async (t) => {
  let isRefused = false;
  let end: () => void;
  const { url } = await openLong(t, async (tell) => {
    const ending = Promise.withResolvers<void>();
    end = ending.resolve;
    tell({ done: 1 });
    await ending.promise;
    if (isRefused) throw new StairwellError("SW_ROOM_FROZEN");
  });
  const client = new StairwellClient({ baseUrl: url, token: "alice" });
  let told = new Set<string>();
  const onWork = (progress: unknown): void => {
    told.add(JSON.stringify(progress));
    end();
  };
  const file = new Blob(["x"]);
  const { status, data, requestId } = await client.upload(takeLong, { file, onWork });
  assert.deepEqual([status, data], [201, { done: 3 }]);
  assert.match(requestId!, /./);
  assert.deepEqual([...told], ['{"done":1}']);
  isRefused = true;
  told = new Set();
  await assert.rejects(client.upload(takeLong, { file, onWork }), {
    name: "StairwellApiError",
    status: 409,
    code: "SW_ROOM_FROZEN",
  });
  assert.deepEqual([...told], ['{"done":1}']);
});

test("BU20 whoever does not ask for lines, and whatever is soon over, is answered as ever", async (t) => {
  const end = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const { ask } = await openLong(t, async (tell) => {
    tell({ done: 1 });
    told.resolve();
    await end.promise;
  });
  const asking = ask({ accept: "application/json" });
  await told.promise;
  end.resolve();
  const response = await asking;
  assert.deepEqual([response.status, response.headers.get("content-type")], [201, "application/json; charset=utf-8"]);
  assert.deepEqual(await response.json(), { data: { done: 3 } });
  const { ask: askSilent } = await openLong(t, async () => {});
  const silent = await askSilent(ACCEPT);
  assert.deepEqual([silent.status, await silent.json()], [201, { data: { done: 3 } }]);
});

test("BU20 who goes in the middle of the lines disturbs nobody, and the call goes on", async (t) => {
  const gone = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { ask, lines: logged } = await openLong(t, async (tell) => {
    tell({ done: 1 });
    await gone.promise;
    tell({ done: 2 });
    ended.resolve();
  });
  const response = await ask(ACCEPT);
  await response.body!.cancel();
  gone.resolve();
  await ended.promise;
  const again = await ask(ACCEPT);
  assert.equal(again.ok, true);
  await again.text();
  assert.deepEqual(logged, []);
});
