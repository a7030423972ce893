import assert from "node:assert/strict";
import { test } from "node:test";
import * as library from "typebox";
import { Type } from "./index.ts";

/** As JSON, since the library keeps its own marks in hidden properties. */
const plain = (schema: object): unknown => JSON.parse(JSON.stringify(schema));

test("schemas are the JSON Schema that the library makes", () => {
  const build = (t: typeof Type) => ({
    unknown: t.Unknown({ description: "anything" }),
    null: t.Null(),
    boolean: t.Boolean({ default: true }),
    integer: t.Integer({ minimum: 0, maximum: 9 }),
    string: t.String({ minLength: 1, pattern: "^a" }),
    literals: [t.Literal("word"), t.Literal(4), t.Literal(true)],
    array: t.Array(t.String(), { maxItems: 2, uniqueItems: true }),
    union: t.Union([t.Literal("a"), t.Null()], { default: "a" }),
    object: t.Object(
      { name: t.String(), nick: t.Optional(t.String()), at: t.Optional(t.Union([t.Integer(), t.Null()])) },
      { additionalProperties: false, description: "somebody" },
    ),
    empty: t.Object({}),
    allOptional: t.Object({ a: t.Optional(t.Null()) }),
  });
  assert.deepEqual(plain(build(Type)), plain(build(library.Type as unknown as typeof Type)));
});

test("properties stay optional when they are taken into another object", () => {
  const first = Type.Object({ a: Type.String(), b: Type.Optional(Type.String()) });
  assert.deepEqual(plain(Type.Object({ ...first.properties, c: Type.Null() })), {
    type: "object",
    required: ["a", "c"],
    properties: { a: { type: "string" }, b: { type: "string" }, c: { type: "null" } },
  });
});
