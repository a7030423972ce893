import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { Type } from "typebox";
import { queryReader } from "./query.ts";

const read = queryReader(
  Type.Object(
    {
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 5 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      explain: Type.Optional(Type.Literal(1)),
      all: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
);

const details = (url: string): unknown => {
  try {
    read(url);
  } catch (error) {
    assert.ok(error instanceof StairwellError);
    assert.equal(error.code, "SW_REQUEST_INVALID");
    return error.info.details;
  }
  return assert.fail(`${url} was taken`);
};

test("AP4 a query is read by its schema: integers and booleans from their text, the rest as text", () => {
  assert.deepEqual(read("/x"), {});
  assert.deepEqual(read("/x?"), {});
  assert.deepEqual(read("/x?&q=10&&limit=10"), { q: "10", limit: 10 });
  assert.deepEqual(read("/x?q=a%20b+c&explain=1&all=true"), { q: "a b c", explain: 1, all: true });
  assert.deepEqual(read("/x?q=a=b?c"), { q: "a=b?c" });
});

test("AP4 numbers out of bounds, or in another form, are refused", () => {
  for (const text of ["0", "-1", "201", "1e1", "0x10", "010", "1.0", " 1", "", "1000000000000000000000", "NaN"]) {
    assert.deepEqual(details(`/x?limit=${text}`), [{ path: "?limit", reason: "must be an integer from 1 to 200" }]);
  }
  assert.deepEqual(details("/x?all=1"), [{ path: "?all", reason: "must be true or false" }]);
});

test("AP4 unknown and repeated keys are refused and named", () => {
  assert.deepEqual(details("/x?nope=1"), [{ path: "?nope", reason: "is not a known key" }]);
  assert.deepEqual(details("/x?__proto__[x]=1"), [{ path: "?__proto__[x]", reason: "is not a known key" }]);
  assert.deepEqual(details("/x?__proto__=1"), [{ path: "?__proto__", reason: "is not a known key" }]);
  assert.deepEqual(details("/x?q=a&q=a"), [{ path: "?q", reason: "is given more than once" }]);
  assert.deepEqual(details("/x?q=a&%71=a"), [{ path: "?q", reason: "is given more than once" }]);
  assert.throws(() => queryReader(undefined)("/x?q=1"), StairwellError);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test("AP4 an encoding of no text is refused", () => {
  for (const text of ["%", "%zz", "%ff", "%c3%28", "%ed%a0%80"]) {
    assert.deepEqual(details(`/x?q=${text}`), [{ path: "?", reason: "has a percent-encoding that is not UTF-8" }]);
  }
});
