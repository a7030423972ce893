import { type Fault, pointerPart } from "@stairwell/protocol";
import type { TSchema } from "typebox";
import { describe, type Schema } from "./describe.ts";

/** Checks values against one schema: `test` decides fast, `explain` says what is wrong in plain words. */
export interface Checker {
  test(value: unknown): boolean;
  /** Adds at least one fault for a value that fails the test, and none for one that passes. */
  explain(value: unknown, path: string, faults: Fault[]): void;
}

/** Faults named in one answer; the rest would not help anybody. */
export const MOST_FAULTS = 20;
/** A pointer repeats the names of unknown keys (AP4), but not a megabyte of them. */
const LONGEST_KEY = 100;

/**
 * Makes a checker from a schema of the route table. It knows the keywords in use there and throws, at start-up, for
 * any other, so that none is passed over. TypeBox's own compiler decides the same (a test holds them together), but
 * takes a fifth of the start-up time, and explains a fault in its own words.
 */
export function checkerOf(schema: TSchema): Checker {
  return build(schema as unknown as Schema);
}

function build(schema: Schema): Checker {
  for (const keyword of Object.keys(schema)) {
    if (!KNOWN.has(keyword)) throw new Error(`the door cannot check the schema keyword ${keyword}`);
  }
  if (typeof schema.additionalProperties === "object") throw new Error("the door cannot check schemas of further keys");
  if ("const" in schema) return leaf(schema, (value) => value === schema.const);
  if ("anyOf" in schema) {
    const options = (schema.anyOf as Schema[]).map(build);
    return leaf(schema, (value) => options.some((option) => option.test(value)));
  }
  switch (schema.type) {
    case "string":
      return leaf(schema, stringTest(schema));
    case "integer":
    case "number":
      return leaf(schema, numberTest(schema));
    case "boolean":
      return leaf(schema, (value) => typeof value === "boolean");
    case "null":
      return leaf(schema, (value) => value === null);
    case "array":
      return arrayChecker(schema);
    case "object":
      return objectChecker(schema);
    default:
      throw new Error(`the door cannot check the schema type ${String(schema.type)}`);
  }
}

const KNOWN = new Set(
  (
    "type const anyOf minLength maxLength pattern minimum maximum items minItems maxItems uniqueItems properties " +
    "required additionalProperties description default examples title writeOnly"
  ).split(" "),
);

function leaf(schema: Schema, test: (value: unknown) => boolean): Checker {
  return {
    test,
    explain(value, path, faults) {
      if (!test(value)) faults.push({ path, reason: `must be ${describe(schema)}` });
    },
  };
}

function stringTest(schema: Schema): (value: unknown) => boolean {
  const { minLength = 0, maxLength = Infinity } = schema as { minLength?: number; maxLength?: number };
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern as string, "u");
  return (value) =>
    typeof value === "string" &&
    longEnough(value, minLength) &&
    !longEnough(value, maxLength + 1) &&
    (pattern === undefined || pattern.test(value));
}

/** Lengths are counted in characters; a text has between half as many and as many as it has UTF-16 units. */
function longEnough(text: string, length: number): boolean {
  if (text.length < length) return false;
  if (text.length >= 2 * length) return true;
  let characters = 0;
  for (const _ of text) characters++;
  return characters >= length;
}

function numberTest(schema: Schema): (value: unknown) => boolean {
  const { minimum = -Infinity, maximum = Infinity } = schema as { minimum?: number; maximum?: number };
  const isNumber = schema.type === "integer" ? Number.isInteger : Number.isFinite;
  return (value) => isNumber(value) && (value as number) >= minimum && (value as number) <= maximum;
}

function arrayChecker(schema: Schema): Checker {
  const items = build(schema.items as Schema);
  const { minItems = 0, maxItems = Infinity } = schema as { minItems?: number; maxItems?: number };
  const isWhole = leaf(
    schema,
    (value) =>
      Array.isArray(value) &&
      value.length >= minItems &&
      value.length <= maxItems &&
      (schema.uniqueItems !== true || new Set(value).size === value.length),
  );
  return {
    test: (value) => isWhole.test(value) && (value as unknown[]).every((item) => items.test(item)),
    explain(value, path, faults) {
      if (!isWhole.test(value)) return isWhole.explain(value, path, faults);
      (value as unknown[]).forEach((item, i) => {
        if (faults.length < MOST_FAULTS) items.explain(item, `${path}/${i}`, faults);
      });
    },
  };
}

function objectChecker(schema: Schema): Checker {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const known = new Map(properties.map(([key, property]) => [key, build(property)]));
  const required = (schema.required ?? []) as readonly string[];
  const isOpen = schema.additionalProperties !== false;
  const isObject = leaf(schema, (value) => typeof value === "object" && value !== null && !Array.isArray(value));
  return {
    test(value) {
      if (!isObject.test(value)) return false;
      for (const key of required) if (!Object.hasOwn(value as object, key)) return false;
      for (const key of Object.keys(value as object)) {
        const property = known.get(key);
        if (property === undefined ? !isOpen : !property.test((value as Record<string, unknown>)[key])) return false;
      }
      return true;
    },
    explain(value, path, faults) {
      if (!isObject.test(value)) return isObject.explain(value, path, faults);
      for (const key of required) {
        if (!Object.hasOwn(value as object, key))
          faults.push({ path: `${path}/${pointerPart(key)}`, reason: "is required" });
      }
      for (const [key, member] of Object.entries(value as object)) {
        if (faults.length >= MOST_FAULTS) return;
        const property = known.get(key);
        if (property !== undefined) property.explain(member, `${path}/${pointerPart(key)}`, faults);
        else if (!isOpen) faults.push({ path: `${path}/${pointerPart(shortened(key))}`, reason: "is not a known key" });
      }
    },
  };
}

function shortened(key: string): string {
  return key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY).toWellFormed()}…`;
}
