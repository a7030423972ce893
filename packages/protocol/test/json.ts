import fc from "fast-check";
import type { Json, JsonObject } from "../src/json.ts";

/** Texts without lone surrogates, rich in what escaping, sorting and counting could get wrong. */
export const text: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom('"', "\\", "/", "{", "}", "[", "]", ":", ",", " ", "\n", "\u0000", "\u007f", "\u2028"),
    fc.constantFrom("a", "B", "ä", "a\u0308", "ﬃ", "ﬓ", "\uffff", "𐀀", "🍮", "👩‍💻"),
  ),
  maxLength: 12,
});

/** Numbers that strict reading takes (EV2). */
export const number: fc.Arbitrary<number> = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 1e-7, 5e-324, 0.1, 4.5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
);

const key = text.filter((name) => name !== "__proto__");

/** Any JSON that strict reading takes, 10 deep at the most. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 9, depthSize: "small" },
    fc.oneof(fc.constant(null), fc.boolean(), number, text),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
})).value;
