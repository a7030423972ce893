import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "@stairwell/protocol";
import { neededQuery, openStage, pathOf, rightBody, routes, type Stage, withBody } from "./specimens.ts";

const JSON_TYPE = { "content-type": "application/json" };
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

/** Bodies that are no strict JSON, in what they are rather than in what they say. */
const NO_JSON: readonly (readonly [what: string, body: string | Buffer])[] = [
  ["cut off", '{"name":"x"'],
  ["a comma too many", '{"name":"x",}'],
  ["two values", "{}{}"],
  ["a comment", '{/* */"name":"x"}'],
  ["single quotes", "{'name':'x'}"],
  ["NaN", '{"name":NaN}'],
  ["infinity", '{"name":-Infinity}'],
  ["a number like 01", '{"name":01}'],
  ["a number like .5", '{"name":.5}'],
  ["no JSON at all", "name=x"],
  ["only white space", " \n\t "],
  ["another white space", "\u00a0{}"],
  ["the same key twice", '{"name":"x","name":"x"}'],
  ["the same key twice, once escaped", '{"name":"x","n\\u0061me":"y"}'],
  ["the same key twice further in", '{"content":{"a":{"b":1,"b":1}}}'],
  ["a lone high surrogate", '{"name":"\\ud800"}'],
  ["a lone low surrogate", '{"name":"\\udc00x"}'],
  ["a lone surrogate in a key", '{"\\ud800":1}'],
  ["surrogates in the wrong order", '{"name":"\\udc00\\ud800"}'],
  ["__proto__", '{"__proto__":{"polluted":true}}'],
  ["__proto__, escaped", '{"\\u005f_proto__":{"polluted":true}}'],
  ["__proto__ further in", '{"content":{"a":[{"__proto__":{"polluted":true}}]}}'],
  ["a number out of range", '{"content":{"n":1e999}}'],
  ["an integer out of range", '{"content":{"n":9007199254740993}}'],
  ["an integer out of range, as a float", '{"content":{"n":1e16}}'],
  ["34 deep", `{"content":${nested(33, '{"a":', "}").replace('{"a":}', '{"a":1}')}}`],
  ["34 deep in arrays", `{"content":{"a":${nested(32, "[", "]")}}}`],
  ["100,000 deep, open", "[".repeat(100_000)],
  ["100,000 deep, closed", nested(100_000, "[", "]")],
  ["100,000 objects deep", '{"a":'.repeat(60_000)],
  ["a byte-order mark", "\ufeff{}"],
  ["UTF-16", Buffer.from('{"name":"x"}', "utf16le")],
  ["Latin-1", Buffer.from('{"name":"é"}', "latin1")],
  ["an overlong encoding", Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
  ["an encoded surrogate", Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ["a byte that is no text", Buffer.from([0x7b, 0xff, 0x7d])],
  ["a NUL", '{"name":"a\0b"}'],
  ["a NUL after it", "{}\0"],
  ["a raw control character", '{"name":"a\u0001b"}'],
];

const target = (stage: Stage, route: (typeof routes)[number]): string => {
  const query = neededQuery(route, stage).toString();
  return pathOf(route, stage.idsOf(route)) + (query && `?${query}`);
};

test("AP4 EV2 no call takes a body that is no strict JSON, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  for (const route of withBody) {
    for (const [what, body] of NO_JSON) {
      for (const chunked of [false, true]) {
        const context = `${route.operationId}, ${what}${chunked ? ", chunked" : ""}`;
        const heard = await stage.wire.say({
          method: route.method,
          path: target(stage, route),
          headers: { ...stage.headersOf(route), ...JSON_TYPE },
          body,
          chunked,
        });
        assert.equal(heard.status, 400, `${context}: ${heard.status} ${heard.text}`);
        assert.equal(heard.error!.code, "SW_REQUEST_INVALID", context);
        assert.equal(typeof heard.error!.details?.[0]?.path, "string", context);
      }
    }
  }
  assert.equal(await stage.version(), before, "something was written");
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("EV2 content of 64 KiB in canonical form is taken, and one byte more is 413, however it is written", async (t) => {
  const stage = await openStage(t);
  const path = `/v1/rooms/${stage.ids.room_id}/send`;
  const send = (body: string, chunked = false) =>
    stage.wire.say({ method: "POST", path, headers: { ...stage.headers, ...JSON_TYPE }, body, chunked });
  const frame = '{"body":""}'.length;
  const texts = [
    // Plain, with characters of two, three and four bytes, and with each character escaped.
    (bytes: number) => JSON.stringify("x".repeat(bytes)),
    (bytes: number) => JSON.stringify(`${"é".repeat(bytes >> 1)}${bytes % 2 === 1 ? "x" : ""}`),
    (bytes: number) => JSON.stringify(`${"€".repeat(Math.floor(bytes / 3))}${"x".repeat(bytes % 3)}`),
    (bytes: number) => JSON.stringify(`${"😀".repeat(bytes >> 2)}${"x".repeat(bytes % 4)}`),
    (bytes: number) => `"${"\\u0078".repeat(bytes)}"`,
  ];
  for (const text of texts) {
    for (const chunked of [false, true]) {
      const fits = await send(`{"content":{"body":${text(LIMITS.contentBytes - frame)}}}`, chunked);
      assert.equal(fits.status, 201, fits.text.slice(0, 300));
      const before = await stage.version();
      const tooLarge = await send(`{"content":{"body":${text(LIMITS.contentBytes - frame + 1)}}}`, chunked);
      assert.equal(tooLarge.status, 413);
      assert.equal(tooLarge.error!.code, "SW_CONTENT_TOO_LARGE");
      assert.equal(await stage.version(), before);
    }
  }
});

test("EV2 content may be 32 deep and not 33, in objects and in arrays", async (t) => {
  const stage = await openStage(t);
  const path = `/v1/rooms/${stage.ids.room_id}/send`;
  const send = (content: string) =>
    stage.wire.say({
      method: "POST",
      path,
      headers: { ...stage.headers, ...JSON_TYPE },
      body: `{"content":${content}}`,
    });
  const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const arrays = (depth: number): string => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  for (const made of [objects, arrays]) {
    const fits = await send(made(32));
    assert.equal(fits.status, 201, fits.text);
    assert.equal((await send(made(33))).status, 400);
  }
});

test("AP1 no call takes a body over the limit, with its length told or not, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const large = `{"content":{"body":"${"x".repeat(LIMITS.bodyBytes)}"}}`;
  for (const route of withBody) {
    for (const chunked of [false, true]) {
      const heard = await stage.wire.say({
        method: route.method,
        path: target(stage, route),
        headers: { ...stage.headersOf(route), ...JSON_TYPE },
        body: large,
        chunked,
      });
      assert.equal(heard.status, 413, `${route.operationId}: ${heard.status} ${heard.text}`);
      assert.equal(heard.error!.code, "SW_CONTENT_TOO_LARGE");
    }
  }
  assert.equal(await stage.version(), before, "something was written");
});

test("AP1 no call takes a body that is called anything but JSON, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const types = [
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonp",
    "application/json;x",
    "application/json garbage",
    "application/json; charset=utf-16",
    "application/json, application/json",
    "application/vnd.api+json",
    "*/*",
  ];
  for (const route of withBody) {
    const body = JSON.stringify(rightBody(route, stage));
    const say = (headers: Record<string, string>) =>
      stage.wire.say({
        method: route.method,
        path: target(stage, route),
        headers: { ...stage.headersOf(route), ...headers },
        body,
      });
    for (const type of types) {
      const heard = await say({ "content-type": type });
      assert.equal(heard.status, 415, `${route.operationId}, ${type}: ${heard.status} ${heard.text}`);
    }
    for (const encoding of ["gzip", "br", "deflate", "identity, gzip"]) {
      const heard = await say({ ...JSON_TYPE, "content-encoding": encoding });
      assert.equal(heard.status, 415, `${route.operationId}, ${encoding}: ${heard.status} ${heard.text}`);
    }
    assert.equal((await say({})).status, 415, route.operationId);
  }
  assert.equal(await stage.version(), before, "something was written");
});

test("AP4 a call that takes no body refuses one, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  for (const route of routes) {
    if (route.body !== undefined || route.method === "GET") continue;
    const heard = await stage.wire.say({
      method: route.method,
      path: target(stage, route),
      headers: { ...stage.headersOf(route), ...JSON_TYPE },
      body: "{}",
    });
    assert.equal(heard.status, route.form === undefined ? 400 : 415, route.operationId);
  }
  assert.equal(await stage.version(), before, "something was written");
});
