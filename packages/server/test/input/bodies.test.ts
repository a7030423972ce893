import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "@stairwell/protocol/api";
import { Check } from "typebox/value";
import { neededQuery, openStage, pathOf, rightBody, type Schema, schemaOf, type Stage, withBody } from "./specimens.ts";
import type { Heard } from "./wire.ts";

/** JSON texts of every kind, and numbers at the edges of what JSON can say. */
const VALUES = [
  "null",
  "true",
  "false",
  "0",
  "-1",
  "7",
  "1.5",
  "50.5",
  "101",
  "1e308",
  "9007199254740992",
  "-9007199254740992",
  "1e999",
  '""',
  '"50"',
  '"true"',
  '"null"',
  '"[object Object]"',
  '" "',
  "[]",
  "[1]",
  '["x"]',
  "[null]",
  "[[]]",
  "[{}]",
  "{}",
  '{"$ne":null}',
  '{"$gt":""}',
  '{"toString":1}',
  '{"length":1}',
];

/** Keys that no body has, some of which every object seems to have. */
const STRANGE_KEYS = [
  "unknown",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "$where",
  "",
  "room-id",
  "a/b~c",
];

/** One broken body, and the place that the answer must name. */
interface Broken {
  what: string;
  body: string;
  /** A JSON pointer; faults below it count as well. */
  at: string;
}

const pointer = (key: string): string => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** The JSON text of an object with one member's text replaced or added. */
function withMember(body: Record<string, unknown>, key: string, text: string): string {
  const members = Object.entries(body).filter(([name]) => name !== key);
  return `{${[...members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`), `${JSON.stringify(key)}:${text}`].join(",")}}`;
}

function isSafe(text: string): boolean {
  const value = JSON.parse(text) as unknown;
  return (
    typeof value !== "number" || (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
  );
}

function* brokenBodies(schema: Schema, right: Record<string, unknown>): Generator<Broken> {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    for (const text of VALUES) {
      // The library decides what the schema takes; the door has a checker of its own.
      if (isSafe(text) && Check(property as never, JSON.parse(text))) continue;
      yield { what: `${key} = ${text}`, body: withMember(right, key, text), at: pointer(key) };
    }
    const { maxLength } = property;
    if (maxLength !== undefined) {
      yield {
        what: `${key} is too long`,
        body: withMember(right, key, JSON.stringify("x".repeat(maxLength + 1))),
        at: pointer(key),
      };
    }
    yield { what: `${key} has a lone surrogate`, body: withMember(right, key, '"\\ud800"'), at: pointer(key) };
  }
  for (const key of STRANGE_KEYS) {
    yield { what: `an unknown key ${key}`, body: withMember(right, key, '{"polluted":true}'), at: pointer(key) };
  }
  for (const key of schema.required ?? []) {
    const rest = Object.fromEntries(Object.entries(right).filter(([name]) => name !== key));
    yield { what: `no ${key}`, body: JSON.stringify(rest), at: pointer(key) };
  }
  for (const text of ["null", "[]", '"text"', "5", "true", "[{}]"])
    yield { what: `the body ${text}`, body: text, at: "" };
}

function send(stage: Stage, route: Route, body: string): Promise<Heard> {
  const query = neededQuery(route, stage).toString();
  return stage.wire.say({
    method: route.method,
    path: pathOf(route, stage.idsOf(route)) + (query && `?${query}`),
    headers: { ...stage.headersOf(route), "content-type": "application/json" },
    body,
  });
}

function assertNamed(heard: Heard, at: string, what: string): void {
  assert.equal(heard.status, 400, `${what}: ${heard.status} ${heard.text}`);
  assert.equal(heard.error!.code, "SW_REQUEST_INVALID", what);
  const paths = heard.error!.details?.map(({ path }) => path) ?? [];
  assert(
    paths.some((path) => path === at || path.startsWith(`${at}/`)),
    `${what}: ${JSON.stringify(paths)} names another place than ${at}`,
  );
}

test("AP4 every call refuses every body that its schema does not take, says where, and writes nothing", async (t) => {
  const stage = await openStage(t);
  for (const route of withBody) {
    await t.test(route.operationId, async (t) => {
      const schema = schemaOf(route.body);
      const right = rightBody(route, stage);
      const before = await stage.version();
      let count = 0;
      for (const { what, body, at } of brokenBodies(schema, right)) {
        assertNamed(await send(stage, route, body), at, what);
        count++;
      }
      if (route.bodyOptional !== true) assertNamed(await send(stage, route, ""), "", "an empty body");
      assert.equal(await stage.version(), before, "something was written");
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
      t.diagnostic(`${count} bodies`);
    });
  }
});

test("AP4 every call takes the body that the broken ones are made of", async (t) => {
  const stage = await openStage(t);
  for (const route of withBody) {
    const good = await send(stage, route, JSON.stringify(rightBody(route, stage)));
    assert(good.status < 500 && good.error?.code !== "SW_REQUEST_INVALID", `${route.operationId}: ${good.text}`);
  }
});
