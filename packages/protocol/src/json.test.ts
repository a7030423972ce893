import assert from "node:assert/strict";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import fc from "fast-check";
import { text } from "../test/json.ts";
import { always } from "../test/property.ts";
import { readVectors } from "../test/vectors.ts";
import { StairwellError } from "./errors.ts";
import { type Json, parseJson, parseStrictJson, pointerPart } from "./json.ts";
import { readJson } from "./json-reader.ts";
import { LIMITS } from "./limits.ts";

const vectors = readVectors<{
  forms: { name: string; input: string }[];
  beyond: { name: string; input: string }[];
  refused: { name: string; input: string; path: string; reason: string }[];
}>("canonical");

/** Whether strict reading takes a text; any other failure than its refusal is a failure of the test. */
function takes(input: string): boolean {
  try {
    parseStrictJson(input);
    return true;
  } catch (error) {
    if (error instanceof StairwellError && error.code === "SW_REQUEST_INVALID") return false;
    throw error;
  }
}

/**
 * What a JSON text says, by the platform's reader of programs: its reader of JSON mistakes escaped keys (see `readJson`).
 * Undefined for what is no JSON. No key may be `__proto__`.
 */
function meaning(input: string): unknown {
  try {
    JSON.parse(input);
  } catch {
    return undefined;
  }
  return runInThisContext(`(${input})`);
}

test("EV2 what the vectors take is read as the platform reads it", () => {
  for (const { name, input } of vectors.forms) assert.deepEqual(parseStrictJson(input), meaning(input), name);
});

test("EV2 what the vectors refuse is refused, with a pointer to the fault and the reason", () => {
  for (const { name, input, path, reason } of vectors.refused) {
    assert.throws(
      () => parseStrictJson(input),
      (error) => {
        assert.ok(error instanceof StairwellError, name);
        assert.equal(error.code, "SW_REQUEST_INVALID", name);
        assert.deepEqual(error.info.details, [{ path, reason }], name);
        return true;
      },
      name,
    );
  }
  for (const { name, input } of vectors.beyond) assert.equal(takes(input), false, name);
});

test("EV2 a hundred thousand brackets are refused before anything recurses into them", () => {
  for (const bracket of ["[", '{"a":', '[{"a":']) assert.equal(takes(bracket.repeat(100_000)), false);
});

/** A JSON text as it is spelled, with what it says and what is wrong about it, known from its making. */
interface Spelled {
  text: string;
  value: Json;
  isFaulty: boolean;
}

const white = fc.constantFrom("", "", "", " ", "\n\t");

/** A text in quotes, each character spelled plainly or as an escape. */
const spelledText = (value: fc.Arbitrary<string>): fc.Arbitrary<{ value: string; text: string }> =>
  fc.tuple(value, fc.nat()).map(([chars, escapes]) => {
    const units = chars.split("").map((unit, i) => {
      if (((escapes >> (i % 31)) & 1) === 0) return JSON.stringify(unit).slice(1, -1);
      return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
    return { value: chars, text: `"${units.join("")}"` };
  });

const common = fc.constantFrom("a", "b", "", ":", '"', "\\", "{}", "__proto__");
const key = fc.oneof({ weight: 3, arbitrary: common }, text);
const fine = fc.constantFrom("null", "true", "1", "-0", "1.5e-3", "9007199254740991");
const faulty = fc.constantFrom("1e999", "9007199254740992", "-1e16", '"\\ud800"');
const leaf =
  (isFaulty: boolean) =>
  (literal: string): Spelled => ({ text: literal, value: JSON.parse(literal) as Json, isFaulty });

const spelled = fc.letrec<{ value: Spelled }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: "medium" },
    fc.oneof(
      { weight: 8, arbitrary: fine.map(leaf(false)) },
      { weight: 8, arbitrary: spelledText(text).map((s) => ({ ...s, isFaulty: false })) },
      { weight: 1, arbitrary: faulty.map(leaf(true)) },
    ),
    fc.array(fc.tuple(white, tie("value")), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(([gap, item]) => gap + item.text).join(" ,")}]`,
      value: items.map(([, item]) => item.value),
      isFaulty: items.some(([, item]) => item.isFaulty),
    })),
    fc.array(fc.tuple(white, spelledText(key), tie("value")), { maxLength: 3 }).map((members) => {
      const names = members.map(([, name]) => name.value);
      const isFine = new Set(names).size === names.length && !names.includes("__proto__");
      return {
        text: `{${members.map(([gap, name, item]) => `${gap}${name.text}${gap}:${item.text}`).join(" ,")}}`,
        value: Object.fromEntries(members.map(([, name, item]) => [name.value, item.value])),
        isFaulty: !isFine || members.some(([, , item]) => item.isFaulty),
      };
    }),
  ),
})).value;

test("EV2 of well-formed texts, exactly those with a known fault are refused, and the others mean what they say", () => {
  const seen = { taken: 0, refused: 0 };
  always(spelled, 20_000, ({ text: input, value, isFaulty }) => {
    assert.deepEqual(readJson(input), value);
    assert.deepEqual(parseJson(input), value);
    assert.equal(takes(input), !isFaulty, input);
    if (!isFaulty) assert.deepEqual(parseStrictJson(input), value);
    seen[isFaulty ? "refused" : "taken"]++;
  });
  assert.ok(seen.taken > 100 && seen.refused > 100, JSON.stringify(seen));
});

test("an escaped key is what it says, whatever was parsed before", () => {
  for (const [i, escaped] of ['\\"', "\\u0062", "\\n", "\\/", "\\\\n"].entries()) {
    // Its shape misleads V8's parser about all objects of the same beginning.
    JSON.parse(`{"h${i}":1,"\\\\":2}`);
    const input = `{"h${i}":null,"${escaped}":3}`;
    const said = ['"', "b", "\n", "/", "\\n"][i]!;
    for (const read of [readJson, parseJson, parseStrictJson]) {
      assert.deepEqual(Object.keys(read(input) as object), [`h${i}`, said]);
    }
    assert.equal(takes(`{"h${i}":null,"b":0,"${escaped}":0,"\\u0062":0}`), false);
  }
});

test("EV2 nesting is taken to the limit and refused beyond it, whatever it is made of", () => {
  const shells = fc.array(fc.constantFrom(["[", "]"], ['{"a":', "}"], ['[":",', "]"], ['{"b":"}","a":', "}"]), {
    minLength: LIMITS.jsonDepth - 2,
    maxLength: LIMITS.jsonDepth + 2,
  });
  always(shells, 1000, (pairs) => {
    const input = `${pairs.map(([open]) => open).join("")}"[{"${pairs
      .map(([, close]) => close)
      .reverse()
      .join("")}`;
    assert.equal(takes(input), pairs.length <= LIMITS.jsonDepth);
  });
});

test("EV2 of any text at all, what is taken is JSON whose every key survives", () => {
  const noise = fc.string({
    unit: fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      "\\",
      "a",
      "\\u0061",
      "1",
      "e",
      "-",
      ".",
      " ",
      '{"a":1}',
      '"a":',
      "null",
    ),
    maxLength: 14,
  });
  always(noise, 50_000, (input) => {
    const value = meaning(input);
    if (value === undefined) {
      assert.equal(takes(input), false, input);
      assert.throws(() => readJson(input), SyntaxError);
      return;
    }
    assert.deepEqual(readJson(input), value);
    const written = input.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0;
    // Numbers of this noise can be too large; then both answers are right.
    if (written !== keysIn(value)) assert.equal(takes(input), false, input);
    else if (takes(input)) assert.deepEqual(parseStrictJson(input), value);
    else assert.match(input, /\d{3}|e/);
  });
});

function keysIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, inner) => sum + keysIn(inner), own);
}

test("what is parsed has no say over prototypes", () => {
  const value = parseStrictJson('{"constructor":{"prototype":{"x":1}},"toString":null,"__proto":2}');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as { x?: number }).x, undefined);
});

test("a pointer's parts escape tilde and slash, the tilde first", () => {
  assert.equal(pointerPart("a/b~c~1"), "a~1b~0c~01");
});
