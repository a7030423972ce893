import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { ERRORS } from "@stairwell/protocol";
import { type Route, routes } from "@stairwell/protocol/api";
import { CLOSE, ClientFrames, ServerFrames } from "@stairwell/protocol/stream";
import { command, type Endpoint, reply } from "../../src/http/endpoint.ts";
import { openStand, type Stand } from "./kit.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const unreachable = (): never => assert.fail("a call was made");

/** The whole route table, with nothing behind it. */
function openReference(t: TestContext, publicUrl: string | null = null): Promise<Stand> {
  const endpoints = routes
    .filter(({ tag }) => tag !== "ops")
    .map((route): Endpoint =>
      route.method === "POST" ? command(route, unreachable, unreachable) : reply(route, unreachable),
    );
  return openStand(t, { endpoints, publicUrl });
}

interface Operation {
  operationId: string;
  parameters: { name?: string; $ref?: string }[];
  responses: Record<string, { content: Record<string, { schema: { $ref?: string } }> }>;
  security?: object[];
}

async function documentOf(
  stand: Stand,
): Promise<{ paths: Record<string, Record<string, Operation>>; servers: { url: string }[] }> {
  const got = await stand.ask("GET", "/openapi.json", { token: null });
  assert.equal(got.status, 200);
  return JSON.parse(got.text) as Awaited<ReturnType<typeof documentOf>>;
}

test("the OpenAPI document lints clean", async (t) => {
  await assertLintsClean(t, await openReference(t), "openapi.json");
});

test("the AsyncAPI document lints clean, with a public address and without", async (t) => {
  await assertLintsClean(t, await openReference(t), "asyncapi.json");
  await assertLintsClean(t, await openReference(t, "https://rooms.acme.example/chat"), "asyncapi.json");
});

async function assertLintsClean(t: TestContext, stand: Stand, name: string): Promise<void> {
  const { status, text } = await stand.ask("GET", `/${name}`, { token: null });
  assert.equal(status, 200);
  const folder = mkdtempSync(join(tmpdir(), "stairwell-reference-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  const cli = join(dirname(createRequire(import.meta.url).resolve("@redocly/cli/package.json")), "bin/cli.js");
  const lint = promisify(execFile)(process.execPath, [cli, "lint", file, "--config", join(ROOT, "redocly.yaml")], {
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });
  const { stderr } = await lint.catch((error: { stdout: string; stderr: string }) =>
    assert.fail(error.stdout + error.stderr),
  );
  assert.match(stderr, /Your API description is valid/);
}

test("ST7 the AsyncAPI document has every frame of both sides, with an example, and every close code", async (t) => {
  const { text } = await (await openReference(t)).ask("GET", "/asyncapi.json", { token: null });
  const document = JSON.parse(text) as {
    channels: { stream: { description: string; messages: object } };
    operations: Record<string, { messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }>;
    components: { messages: Record<string, { examples: { payload: { type: string } }[] }> };
  };
  const { messages } = document.components;
  const expected = [
    "server_event",
    ...Object.keys(ServerFrames).map((type) => `server_${type}`),
    ...Object.keys(ClientFrames).map((type) => `client_${type}`),
  ];
  assert.deepEqual(Object.keys(messages), expected);
  assert.deepEqual(Object.keys(document.channels.stream.messages), expected);
  for (const [name, { examples }] of Object.entries(messages)) assert.notEqual(examples.length, 0, name);
  const used = Object.values(document.operations)
    .flatMap(({ messages: own, reply: answer }) => [...own, ...(answer?.messages ?? [])])
    .map(({ $ref }) => $ref.slice("#/channels/stream/messages/".length));
  assert.deepEqual(new Set(used), new Set(expected));
  const codes = [...document.channels.stream.description.matchAll(/^- (\d+):/gm)].map(([, code]) => Number(code));
  assert.deepEqual(codes, Object.values(CLOSE));
});

test("AP5 the OpenAPI document has every call, with its scope, parameters, statuses and errors", async (t) => {
  const { paths } = await documentOf(await openReference(t));
  const operations = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [operation.operationId, { path, method, operation }] as const,
      ),
    ),
  );
  assert.deepEqual([...operations.keys()].sort(), routes.map(({ operationId }) => operationId).sort());
  for (const route of routes as readonly Route[]) {
    const { path, method, operation } = operations.get(route.operationId)!;
    assert.deepEqual([path, method.toUpperCase()], [route.path, route.method]);
    assert.equal(operation.security?.length === 0, route.access === "open");
    for (const [, name] of route.path.matchAll(/\{(\w+)\}/g))
      assert.ok(operation.parameters.some((p) => p.name === name));
    const takesKey = operation.parameters.some(({ $ref }) => $ref === "#/components/parameters/IdempotencyKey");
    // A repeat is somebody's: an open call has nobody whose it could be.
    assert.equal(takesKey, route.method === "POST" && route.access !== "open");
    const statuses = Object.keys(operation.responses).map(Number);
    for (const status of [...route.statuses, ...route.errors.map((code) => ERRORS[code].status), 400, 500, 503]) {
      assert.ok(statuses.includes(status), `${route.operationId} ${status}`);
    }
    for (const [status, response] of Object.entries(operation.responses)) {
      const json = response.content?.["application/json"];
      if (route.bytes !== undefined && ["200", "206", "304", "416"].includes(status)) {
        assert.equal(json, undefined, `${route.operationId} ${status}`);
        continue;
      }
      assert.equal(json!.schema.$ref === "#/components/schemas/Error", Number(status) >= 400);
    }
  }
});

test("the OpenAPI document promises ranges where there are some, and names the form that a call takes", async (t) => {
  const { paths } = await documentOf(await openReference(t));
  const statuses = (path: string): string[] => Object.keys(paths[path]!["get"]!.responses).filter((s) => s < "4");
  assert.deepEqual(statuses("/v1/media/download/{media_id}"), ["200", "206", "304"]);
  assert.deepEqual(statuses("/v1/rooms/{room_id}/export"), ["200"]);
  const refusals = (path: string): unknown => paths[path]!["post"]!.responses["415"];
  assert.match(JSON.stringify(refusals("/v1/media/upload")), /Send the body as multipart\/form-data/);
  assert.match(JSON.stringify(refusals("/v1/rooms")), /Send the body as application\/json/);
});

test("the OpenAPI document names the server's public address where there is one", async (t) => {
  assert.equal((await documentOf(await openReference(t))).servers[0]!.url, "/");
  const { servers } = await documentOf(await openReference(t, "https://rooms.acme.example"));
  assert.equal(servers[0]!.url, "https://rooms.acme.example");
});

test("the reference page asks no other host for anything", async (t) => {
  const { ask } = await openReference(t);
  for (const path of ["/", "/docs", "/docs/", "/docs/start.js", "/docs/scalar.js"]) {
    const got = await ask("GET", path, { token: null });
    assert.equal(got.status, 200);
    const policy = got.headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    if (!path.endsWith("scalar.js")) assert.doesNotMatch(got.text, /https?:\/\//);
    for (const [, source] of got.text.startsWith("<") ? got.text.matchAll(/(?:src|href)="([^"]*)"/g) : []) {
      assert.match(source!, /^(?:\/[a-z]|data:,$)/);
    }
  }
});

test("who opens an admin's link is told how its code is redeemed", async (t) => {
  const { text } = await (await openReference(t)).ask("GET", "/", { token: null });
  for (const told of ["swl_", "/v1/auth/admin-link", '"code"', '"local_id"', 'href="/docs"'])
    assert(text.includes(told), told);
});

test("the reference's script comes zipped to whoever takes that, and plain to others", async (t) => {
  const { ask } = await openReference(t);
  const zipped = await ask("GET", "/docs/scalar.js", { headers: { "accept-encoding": "gzip" } });
  const plain = await ask("GET", "/docs/scalar.js", { headers: { "accept-encoding": "identity" } });
  assert.equal(zipped.headers.get("content-encoding"), "gzip");
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(zipped.text, plain.text);
  assert.match(plain.text, /createApiReference/);
});
