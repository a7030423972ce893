import { canonical, type Json } from "@stairwell/protocol";
import type { Random } from "@stairwell/testing";

/** What no value of ours is, or what a careless reader takes for something else. */
const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 2 ** 53 - 1,
  () => -(2 ** 53 - 1),
  () => "",
  () => "x",
  () => "\u0000",
  () => "\u202e\ufeff",
  () => "e\u0301",
  () => "\u{1F468}\u200d\u{1F469}",
  () => "room-none",
  () => "@ann:home.localhost",
  () => "@:home.localhost",
  () => "@pat:third.localhost",
  () => "__proto__",
  () => "constructor",
  () => "2026-01-01T00:00:00.000Z",
  () => "0".repeat(64),
  () => `${"A".repeat(85)}Q==`,
  () => "a".repeat(300),
  () => "a".repeat(20_000),
  () => [],
  () => ({}),
  () => [[[]]],
  () => ({ constructor: 1, toString: 2 }),
  () => nested(25),
  () => Array.from({ length: 1200 }, (_, i) => i),
];

function nested(depth: number): unknown {
  return depth === 0 ? {} : { a: nested(depth - 1) };
}

interface Place {
  readonly within: Record<string, unknown>;
  readonly key: string;
  readonly path: string;
}

function placesOf(json: object): Place[] {
  const places: Place[] = [];
  const walk = (within: Record<string, unknown>, at: string): void => {
    for (const [key, value] of Object.entries(within)) {
      const path = `${at}/${key}`;
      places.push({ within, key, path });
      if (typeof value === "object" && value !== null) walk(value as Record<string, unknown>, path);
    }
  };
  walk(json as Record<string, unknown>, "");
  return places;
}

/**
 * The same JSON with one thing taken away, added, moved, doubled, cut, of another type or one off, somewhere that `isOpen`
 * lets through; never what it was.
 */
export function mutated<T extends object>(random: Random, json: T, isOpen: (path: string) => boolean = () => true): T {
  const before = canonical(json as unknown as Json);
  for (;;) {
    const copy = structuredClone(json);
    const place = random.pick(placesOf(copy).filter(({ path }) => isOpen(path)));
    change(random, place, copy);
    if (textOf(copy) !== before) return copy;
  }
}

function change(random: Random, { within, key }: Place, whole: object): void {
  const old = within[key];
  const set = (value: unknown): void => void (within[key] = value);
  switch (random.int(0, 8)) {
    case 0:
      if (Array.isArray(within)) within.splice(Number(key), 1);
      else delete within[key];
      return;
    case 1:
      return void (within[Array.isArray(within) ? within.length : `${key}x`] = random.pick(VALUES)());
    case 2:
      return void (within[Array.isArray(within) ? within.length : random.pick(["constructor", "hasOwnProperty", ""])] =
        1);
    case 3:
      if (typeof old === "string" && old !== "") return set(withOneOther(random, old));
      return set(typeof old === "number" ? old + random.pick([-1, 1, 0.5, 2 ** 40]) : random.pick(VALUES)());
    case 4:
      if (typeof old === "string") return set([...old].slice(0, -1).join(""));
      return set([old]);
    case 5:
      if (Array.isArray(old) && old.length > 0) return set([...(old as unknown[]), old[0] as unknown]);
      return set({ ...(typeof old === "object" ? old : { value: old }), [random.pick(["v", "type", "x"])]: 1 });
    case 6: {
      // What stands elsewhere in it, where it is not meant.
      const other = random.pick(placesOf(whole));
      return set(structuredClone(other.within[other.key]));
    }
    default:
      return set(random.pick(VALUES)());
  }
}

function withOneOther(random: Random, text: string): string {
  const points = [...text];
  return points.with(random.int(0, points.length - 1), random.pick(["a", "0", "Z", "/", ":", "é", " ", "\n"])).join("");
}

/** Its text, where it has one: what cannot be said in JSON is another thing all the same. */
function textOf(json: object): string {
  try {
    return canonical(JSON.parse(JSON.stringify(json)) as Json);
  } catch {
    return "";
  }
}

/** The text of a body with something wrong that a parsed value does not show. */
export function misspelt(random: Random, text: string): string {
  switch (random.int(0, 8)) {
    case 0:
      return text.slice(0, random.int(1, text.length - 2));
    case 1:
      return `${text}${random.pick([",", "}", " {}", "\u0000", "//"])}`;
    case 2:
      return text.replace("{", '{"__proto__":{},');
    case 3:
      return text.replace("{", '{"items":[],');
    case 4:
      return text.replace(/\}\]\}$/, `,"more":${"[".repeat(5000)}${"]".repeat(5000)}}]}`);
    case 5:
      return text.replace(
        /(?<="origin_ts":)\d+/,
        random.pick(["1e999", "NaN", "0x10", "01", "9007199254740993", "-", "1."]),
      );
    case 6:
      return text.replace(/"([a-z_]+)":/, `"$1":0,"$1":`);
    case 7:
      return `\ufeff${text}`;
    default:
      return text.replace(/"id":"/, random.pick(['"id":"\\ud800', '"id":"\\x', '"id":"\n', '"id":\'']));
  }
}
