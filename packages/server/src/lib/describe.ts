/** A schema as the JSON Schema it is. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** What a schema allows, in plain words that follow "must be". */
export function describe(schema: Schema): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  if ("anyOf" in schema) return describeUnion(schema.anyOf as Schema[]);
  switch (schema.type) {
    case "string":
      return `a string${lengths(schema, "minLength", "maxLength", "character")}${pattern(schema)}`;
    case "integer":
      return `an integer${bounds(schema)}`;
    case "number":
      return `a number${bounds(schema)}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return `a list${lengths(schema, "minItems", "maxItems", "entry")}${schema.uniqueItems === true ? " without repeats" : ""}`;
    default:
      return "an object";
  }
}

function describeUnion(options: readonly Schema[]): string {
  const words = options.map(describe);
  if (words.length === 1) return words[0]!;
  const all = options.every((option) => "const" in option);
  return `${all ? "one of " : ""}${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function bounds(schema: Schema): string {
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

function lengths(schema: Schema, least: string, most: string, unit: string): string {
  const [min, max] = [(schema[least] ?? 0) as number, schema[most] as number | undefined];
  if (max !== undefined) return min > 0 ? ` of ${min} to ${plural(max, unit)}` : ` of at most ${plural(max, unit)}`;
  return min > 0 ? ` of at least ${plural(min, unit)}` : "";
}

function plural(count: number, unit: string): string {
  const many = unit.endsWith("y") ? `${unit.slice(0, -1)}ies` : `${unit}s`;
  return `${count} ${count === 1 ? unit : many}`;
}

function pattern(schema: Schema): string {
  if (schema.pattern === undefined) return "";
  return schema.pattern === VISIBLE_ASCII ? " of visible ASCII" : ` that matches ${schema.pattern as string}`;
}

const VISIBLE_ASCII = "^[\\x21-\\x7e]+$";
