import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "@stairwell/protocol/api";
import { Check } from "typebox/value";
import { neededQuery, openStage, pathOf, rightBody, routes, type Schema, schemaOf, type Stage } from "./specimens.ts";
import type { Heard } from "./wire.ts";

/** Texts that are no number, or none that a page can have. */
const NUMBERS = [
  "0",
  "-1",
  "1e9",
  "1e1",
  "10x",
  "x",
  "",
  " 1",
  "1 ",
  "+1",
  "01",
  "0x10",
  "1.0",
  "1.5",
  "١",
  "NaN",
  "1000000000",
  "99999999999999999999",
  "null",
  "[1]",
];
const STRANGE_KEYS = [
  "unknown",
  "__proto__",
  "__proto__[x]",
  "constructor",
  "constructor[prototype][x]",
  "toString",
  "limit[]",
  "limit[$gt]",
  "Limit",
  "",
  "limit ",
];

interface Broken {
  what: string;
  query: string;
  /** What the answer's `path` must be. */
  at: string;
}

const part = (key: string, value: string): string => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;

/** The value as the query's schema sees it: integers and booleans are read from their one spelling. */
function read(schema: Schema, text: string): unknown {
  if (schema.type === "integer" && /^-?(?:0|[1-9]\d*)$/.test(text)) return Number(text);
  if (schema.type === "boolean" && /^(?:true|false)$/.test(text)) return text === "true";
  return text;
}

function* brokenQueries(schema: Schema): Generator<Broken> {
  for (const key of STRANGE_KEYS) {
    if (key in (schema.properties ?? {})) continue;
    yield { what: `an unknown key ${key}`, query: part(key, "1"), at: `?${key}` };
  }
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const at = `?${key}`;
    const texts = [...NUMBERS, "TRUE", "x".repeat((property.maxLength ?? 9000) + 1), "😀", "\0"];
    for (const text of texts) {
      if (Check(property as never, read(property, text))) continue;
      yield { what: `${key}=${text.slice(0, 40)}`, query: part(key, text), at };
    }
    yield { what: `${key} twice`, query: `${part(key, "1")}&${part(key, "1")}`, at };
    yield {
      what: `${key} twice, once encoded`,
      query: `${part(key, "1")}&%${key.charCodeAt(0).toString(16)}${key.slice(1)}=1`,
      at,
    };
  }
  if (schema.properties?.cursor !== undefined) {
    for (const cursor of ["x", "AAAA", "e30=", "eyJ4IjoxfQ", "1", "null", "../..", "%00".repeat(5)]) {
      yield { what: `cursor ${cursor}`, query: part("cursor", cursor), at: "?cursor" };
    }
  }
  for (const encoding of ["%zz=1", "limit=%ff", "%c0%af=1", "limit=%ed%a0%80", "%=1", "limit=%e0%80%af"]) {
    yield { what: encoding, query: encoding, at: "?" };
  }
}

function send(stage: Stage, route: Route, query: string): Promise<Heard> {
  const headers = { ...stage.headersOf(route), ...(route.body && { "content-type": "application/json" }) };
  const path = `${pathOf(route, stage.idsOf(route))}?${query}`;
  return stage.wire.say({
    method: route.method,
    path,
    headers,
    ...(route.body && { body: JSON.stringify(rightBody(route, stage)) }),
  });
}

test("AP4 every call refuses every query that its schema does not take, says where, and writes nothing", async (t) => {
  const stage = await openStage(t);
  for (const route of routes) {
    await t.test(route.operationId, async (t) => {
      const before = await stage.version();
      let count = 0;
      for (const { what, query, at } of brokenQueries(schemaOf(route.query ?? {}))) {
        const rest = neededQuery(route, stage);
        rest.delete(at.slice(1));
        const heard = await send(stage, route, rest.size > 0 ? `${rest.toString()}&${query}` : query);
        assert.equal(heard.status, 400, `${what}: ${heard.status} ${heard.text}`);
        assert.equal(heard.error!.code, "SW_REQUEST_INVALID", what);
        const paths = heard.error!.details?.map(({ path }) => path) ?? [];
        assert(paths.includes(at), `${what}: ${JSON.stringify(paths)} names another place than ${at}`);
        count++;
      }
      assert.equal(await stage.version(), before, "something was written");
      assert.equal(({} as { x?: unknown }).x, undefined);
      t.diagnostic(`${count} queries`);
    });
  }
});
