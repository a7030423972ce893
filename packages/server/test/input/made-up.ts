import type { Route } from "@stairwell/protocol/api";
import type { Random } from "@stairwell/testing";
import { type Schema, schemaOf } from "./specimens.ts";

/** Texts that break programs: encodings, directions, queries, paths, scripts, keys of the prototype, lengths. */
const TEXTS = [
  "",
  " ",
  "x",
  "hello",
  "0",
  "-1",
  "true",
  "null",
  "NaN",
  "'",
  '"',
  "\\",
  "`",
  "%",
  "%00",
  "\0",
  "a\0b",
  "\r\n",
  "\t",
  "\u0007",
  "' OR 1=1 --",
  "'; DROP TABLE events; --",
  "$1",
  "?1",
  ":a",
  "{}",
  "[]",
  "{{x}}",
  "${x}",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "/dev/null",
  "C:\\",
  "file:///etc/passwd",
  "http://127.0.0.1:1/",
  "javascript:alert(1)",
  "@room",
  "@:dev.localhost",
  "@alice:dev.localhost",
  "#stage:dev.localhost",
  "__proto__",
  "constructor",
  "é",
  "e\u0301",
  "ﬀ",
  "Ａ",
  "İ",
  "ß",
  "😀",
  "👩‍👩‍👧‍👦",
  "\u202e",
  "\u200b",
  "\ufeff",
  "\u2066",
  "\u0300".repeat(50),
  "א",
  "中",
  "𝒳",
  "\uffff",
  "a".repeat(64),
  "a".repeat(128),
  "a".repeat(129),
  "a".repeat(255),
  "a".repeat(256),
  "😀".repeat(128),
  "x".repeat(1024),
  "x".repeat(5000),
  "2026-01-02T03:04:05Z",
  "9999-12-31T23:59:59.999Z",
  "2026-02-30T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "2026-01-02",
  "1e999",
  "swp.room.message",
  "swp.room.create",
  "acme.deploy",
  "a.b",
  ".",
  "(a+)+$",
  "a".repeat(40) + "!",
  "room-00000000-0000-7000-8000-000000000000",
];

const NUMBERS = [
  0,
  1,
  -1,
  7,
  50,
  100,
  101,
  200,
  500,
  501,
  1000,
  1.5,
  -0,
  1e9,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  1e308,
  1e-308,
];
const KEYS = [
  "x",
  "__proto__",
  "constructor",
  "toString",
  "$ne",
  "",
  "mentions",
  "reply_to_event_id",
  "media_id",
  "body",
  "content",
];

/** Anything that JSON can say, as its text; now and then what it cannot. */
export function anyJson(random: Random, depth = 0): string {
  if (random.chance(0.01))
    return random.pick(['"\\ud800"', "1e999", "01", "{", "]", '{"a":1,"a":2}', "undefined", "nul", '"\u0001"']);
  switch (random.int(0, depth > 3 ? 4 : 6)) {
    case 0:
      return random.pick(["null", "true", "false"]);
    case 1:
      return JSON.stringify(random.pick(NUMBERS));
    case 5:
      return `[${Array.from({ length: random.int(0, 4) }, () => anyJson(random, depth + 1)).join(",")}]`;
    case 6: {
      const members = Array.from(
        { length: random.int(0, 4) },
        () => `${JSON.stringify(random.pick(KEYS))}:${anyJson(random, depth + 1)}`,
      );
      return `{${members.join(",")}}`;
    }
    default:
      return JSON.stringify(random.pick(TEXTS));
  }
}

/** Makes requests of the table's schemas: some right, some nearly, some not at all, with ids that exist among others. */
export class MadeUp {
  readonly #random: Random;
  /** Ids that answers have told, by the key that they are for. */
  readonly #ids: ReadonlyMap<string, readonly string[]>;

  constructor(random: Random, ids: ReadonlyMap<string, readonly string[]>) {
    this.#random = random;
    this.#ids = ids;
  }

  id(key: string): string {
    const known = this.#ids.get(key) ?? [];
    if (known.length > 0 && this.#random.chance(0.85)) return this.#random.pick(known);
    const others = [...this.#ids.values()].flat();
    return others.length > 0 && this.#random.chance(0.5) ? this.#random.pick(others) : this.#random.pick(TEXTS);
  }

  /** A value's JSON text that the schema takes, mostly. */
  value(schema: Schema, key: string): string {
    const random = this.#random;
    if (random.chance(0.04)) return anyJson(random);
    if (schema.anyOf !== undefined) return this.value(random.pick(schema.anyOf), key);
    if ("const" in schema) return JSON.stringify(schema.const);
    if (key === "invite") return this.#list(schema, "participant_id");
    if (this.#ids.has(key)) return JSON.stringify(this.id(key));
    switch (schema.type) {
      case "integer":
      case "number":
        return String(random.int(schema.minimum ?? -5, schema.maximum ?? 500));
      case "boolean":
        return String(random.chance(0.5));
      case "null":
        return "null";
      case "array":
        return this.#list(schema, key);
      case "object":
        return schema.additionalProperties === false ? this.body(schema) : this.#content();
      default:
        return JSON.stringify(random.pick(TEXTS));
    }
  }

  body(schema: Schema): string {
    const random = this.#random;
    if (random.chance(0.03)) return anyJson(random);
    const required = new Set(schema.required ?? []);
    const members = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
      const isThere = required.has(key) ? random.chance(0.97) : random.chance(0.4);
      return isThere ? [`${JSON.stringify(key)}:${this.value(property, key)}`] : [];
    });
    if (random.chance(0.03)) members.push(`${JSON.stringify(random.pick(KEYS))}:${anyJson(random)}`);
    return `{${members.join(",")}}`;
  }

  query(route: Route): string {
    const random = this.#random;
    const { properties = {}, required = [] } = schemaOf(route.query ?? {});
    const parts = Object.entries(properties).flatMap(([key, property]) => {
      if (!required.includes(key) && !random.chance(0.3)) return [];
      const value: unknown = parsed(this.value(property, key));
      return [[key, typeof value === "string" ? value : JSON.stringify(value)]];
    });
    // A poll that waits for an event is right and takes a minute.
    const pairs = "timeout" in properties ? [...parts.filter(([key]) => key !== "timeout"), ["timeout", "1"]] : parts;
    if (random.chance(0.03)) pairs.push([random.pick(KEYS), random.pick(TEXTS)]);
    const text = pairs.map(([key, value]) => `${encoded(key!)}=${encoded(value!)}`).join("&");
    return random.chance(0.01) ? `${text}&%zz` : text;
  }

  path(route: Route): string {
    return route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encoded(this.id(key)) || "%20");
  }

  #list(schema: Schema, key: string): string {
    return `[${Array.from({ length: this.#random.int(0, 3) }, () => this.value(schema.items!, key)).join(",")}]`;
  }

  /** A message's content: with the keys that the server reads, among others. */
  #content(): string {
    const random = this.#random;
    const members = ['"msgtype":"swp.text"', `"body":${JSON.stringify(random.pick(TEXTS))}`];
    if (random.chance(0.2)) members.push(`"mentions":[${JSON.stringify(this.id("participant_id"))}]`);
    if (random.chance(0.2)) members.push(`"reply_to_event_id":${JSON.stringify(this.id("event_id"))}`);
    if (random.chance(0.2)) members.push(`"x":${anyJson(random)}`);
    if (random.chance(0.01)) members.push(`"long":"${"x".repeat(random.int(60_000, 70_000))}"`);
    return `{${members.join(",")}}`;
  }
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
