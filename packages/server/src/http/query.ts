import { type Fault, StairwellError } from "@stairwell/protocol";
import type { TSchema } from "typebox";
import { checkerOf } from "../lib/checker.ts";
import type { Schema } from "../lib/describe.ts";

type Reading = Readonly<Record<string, unknown>>;

/**
 * Makes the reader of a call's query: the URL's query as the schema types it, where numbers and booleans are read
 * from their text. Without a schema no key is known. `SW_REQUEST_INVALID` with `?key` as the path.
 */
export function queryReader(schema: TSchema | undefined): (url: string) => Reading {
  const shape = (schema ?? { type: "object", properties: {}, additionalProperties: false }) as TSchema;
  const checker = checkerOf(shape);
  const properties = (shape as unknown as Schema).properties as Record<string, Schema>;
  const kinds = new Map(Object.entries(properties).map(([key, property]) => [key, kindOf(property)]));
  return (url) => {
    const start = url.indexOf("?");
    const reading = start === -1 ? {} : typed(parseQuery(url.slice(start + 1)), kinds);
    if (checker.test(reading)) return reading;
    const faults: Fault[] = [];
    checker.explain(reading, "", faults);
    throw invalidQuery(faults.map(({ path, reason }) => ({ path: `?${path.slice(1)}`, reason })));
  };
}

/** The keys and values of a query. Repeated keys and encodings of nothing are refused. */
export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = decoded(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? "" : decoded(part.slice(equals + 1));
    if (query.has(key)) throw invalidQuery([{ path: `?${key}`, reason: "is given more than once" }]);
    query.set(key, value);
  }
  return query;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalidQuery([{ path: "?", reason: "has a percent-encoding that is not UTF-8" }]);
  }
}

type Kind = "text" | "number" | "boolean";

function kindOf(property: Schema): Kind {
  if (property.type === "integer" || typeof property.const === "number") return "number";
  return property.type === "boolean" || typeof property.const === "boolean" ? "boolean" : "text";
}

/** Text that is no number or boolean stays text, and the check then says what the place must be. */
function typed(query: Map<string, string>, kinds: ReadonlyMap<string, Kind>): Reading {
  return Object.fromEntries([...query].map(([key, text]) => [key, valueOf(text, kinds.get(key))]));
}

function valueOf(text: string, kind: Kind | undefined): unknown {
  if (kind === "number" && /^-?(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  if (kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function invalidQuery(details: Fault[]): StairwellError {
  return new StairwellError("SW_REQUEST_INVALID", { details });
}
