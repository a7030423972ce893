import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, parseStrictJson } from "@stairwell/protocol";
import { routes } from "@stairwell/protocol/api";
import fc from "fast-check";
import { type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { checkerOf } from "./checker.ts";

const faultsOf = (schema: TSchema, value: unknown): Fault[] => {
  const faults: Fault[] = [];
  checkerOf(schema).explain(value, "", faults);
  return faults;
};

const schemas = routes.flatMap(({ operationId, body, query }) =>
  [body, query].flatMap((schema) => (schema === undefined ? [] : [{ operationId, schema }])),
);

/** Values near a schema: mostly right, with wrong ones of every kind mixed in. */
function near(schema: TSchema): fc.Arbitrary<unknown> {
  const s = schema as unknown as Record<string, never>;
  const wrong = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4 }),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.constant([]),
    fc.constant({}),
    fc.double(),
  );
  const right = (): fc.Arbitrary<unknown> => {
    if ("const" in s) return fc.constant(s.const);
    if ("anyOf" in s) return fc.oneof(...(s.anyOf as unknown as TSchema[]).map(near));
    const edges = [s.minLength, s.maxLength, s.minimum, s.maximum].filter((n) => typeof n === "number");
    const lengths = edges.flatMap((n: number) => [n - 1, n, n + 1]).filter((n) => n >= 0 && n < 5000);
    if (s.type === "string") {
      const text = fc.constantFrom("a", "é", "\u{1f600}", "\u0301");
      return fc.tuple(text, fc.constantFrom(0, 1, ...lengths)).map(([char, n]) => char.repeat(n));
    }
    if (s.type === "integer") return fc.constantFrom(0, 1, 1.5, ...lengths, -1);
    if (s.type === "array") return fc.array(near(s.items as unknown as TSchema), { maxLength: 5 });
    if (s.type === "object") {
      const entries = Object.entries((s.properties ?? {}) as Record<string, TSchema>);
      const known = fc.record(Object.fromEntries(entries.map(([key, property]) => [key, near(property)])), {
        requiredKeys: [],
      });
      return fc
        .tuple(known, fc.option(fc.dictionary(fc.string(), fc.anything(), { maxKeys: 1, noNullPrototype: true })))
        .map(([object, more]) => ({ ...more, ...object }));
    }
    return s.type === "boolean" ? fc.boolean() : fc.constant(null);
  };
  return fc.oneof({ arbitrary: right(), weight: 8 }, { arbitrary: wrong, weight: 1 });
}

test("AP4 the door's checker decides as TypeBox does for every body and query, and explains exactly what it refuses", () => {
  for (const { operationId, schema } of schemas) {
    const checker = checkerOf(schema);
    const reference = Compile(schema);
    fc.assert(
      fc.property(near(schema), (value) => {
        const faults: Fault[] = [];
        checker.explain(value, "", faults);
        assert.equal(checker.test(value), reference.Check(value), operationId);
        assert.equal(faults.length === 0, checker.test(value), operationId);
      }),
      { numRuns: 300 },
    );
  }
});

test("AP4 unknown keys are named, by a pointer that is escaped and of bounded length", () => {
  const schema = Type.Object({ a: Type.Optional(Type.Integer()) }, { additionalProperties: false });
  assert.deepEqual(faultsOf(schema, { a: 1, "x/~": 1 }), [{ path: "/x~1~0", reason: "is not a known key" }]);
  assert.deepEqual(faultsOf(schema, JSON.parse('{"constructor":1}')), [
    { path: "/constructor", reason: "is not a known key" },
  ]);
  assert.ok(faultsOf(schema, { ["k".repeat(1e5)]: 1 })[0]!.path.length < 200);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, 1]));
  assert.equal(faultsOf(schema, many).length, 20);
});

test("AP4 nothing is coerced, and each fault says what the place must be", () => {
  const schema = Type.Object({
    name: Type.String({ minLength: 1, maxLength: 3 }),
    kind: Type.Union([Type.Literal("a"), Type.Literal("b")]),
    topic: Type.Union([Type.String({ maxLength: 2 }), Type.Null()]),
    level: Type.Integer({ minimum: 0, maximum: 100 }),
    on: Type.Boolean(),
    list: Type.Array(Type.String({ pattern: "^[\\x21-\\x7e]+$" }), { maxItems: 2, uniqueItems: true }),
  });
  assert.deepEqual(faultsOf(schema, { name: "", kind: "c", topic: 5, level: "50", on: 1, list: ["x", "é"] }), [
    { path: "/name", reason: "must be a string of 1 to 3 characters" },
    { path: "/kind", reason: 'must be one of "a" or "b"' },
    { path: "/topic", reason: "must be a string of at most 2 characters or null" },
    { path: "/level", reason: "must be an integer from 0 to 100" },
    { path: "/on", reason: "must be true or false" },
    { path: "/list/1", reason: "must be a string of visible ASCII" },
  ]);
  assert.deepEqual(
    faultsOf(schema, { kind: "a", topic: null, level: 1, on: true, list: ["x", "x"] }).map(
      ({ path, reason }) => `${path} ${reason}`,
    ),
    ["/name is required", "/list must be a list of at most 2 entries without repeats"],
  );
  assert.deepEqual(faultsOf(schema, []), [{ path: "", reason: "must be an object" }]);
});

test("AP4 keys that only the prototype has do not count as given", () => {
  const schema = Type.Object({ toString: Type.Any({ type: "string" }) } as never);
  assert.deepEqual(faultsOf(schema, parseStrictJson("{}")), [{ path: "/toString", reason: "is required" }]);
});

test("a schema with a keyword the checker does not know is refused when the checker is made", () => {
  assert.throws(() => checkerOf(Type.String({ format: "email" })), /keyword format/);
  assert.throws(() => checkerOf(Type.Object({ a: Type.Array(Type.Unknown()) })), /schema type/);
  assert.throws(() => checkerOf(Type.Object({}, { additionalProperties: Type.String() })), /further keys/);
});
