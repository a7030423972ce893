import { pointerPart } from "../json.ts";

/** Where a value is not of its shape, as a JSON pointer from the value, and why; undefined when it is. */
export type Shape = (value: unknown, path: string) => Misshape | undefined;

export interface Misshape {
  readonly path: string;
  readonly reason: string;
}

function leaf(test: (value: unknown) => boolean, reason: string): Shape {
  return (value, path) => (test(value) ? undefined : { path, reason });
}

export const text = (most: number): Shape =>
  leaf((value) => typeof value === "string" && value !== "" && value.length <= most, `must be a text of 1 to ${most}`);

export const pattern = (form: RegExp, what: string): Shape =>
  leaf((value) => typeof value === "string" && form.test(value), `must be ${what}`);

export const hash = pattern(/^[0-9a-f]{64}$/, "64 lower-case hex digits");

export const integer = (least: number, most = Number.MAX_SAFE_INTEGER): Shape =>
  leaf(
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    `must be an integer of at least ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${most}`}`,
  );

export const boolean: Shape = leaf((value) => typeof value === "boolean", "must be true or false");

export const oneOf = (...values: readonly unknown[]): Shape =>
  leaf((value) => values.includes(value), `must be ${values.map((value) => JSON.stringify(value)).join(" or ")}`);

export const nullable =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? undefined : shape(value, path);

export const list =
  (shape: Shape, most: number): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return { path, reason: "must be a list" };
    if (value.length > most) return { path, reason: `has more than ${most} entries` };
    for (let i = 0; i < value.length; i++) {
      const fault = shape(value[i], "");
      if (fault !== undefined) return { ...fault, path: `${path}/${i}${fault.path}` };
    }
    return undefined;
  };

export const anyObject: Shape = leaf(isObject, "must be an object");

/** An object of texts to values of one shape. */
export const record =
  (shape: Shape): Shape =>
  (value, path) => {
    if (!isObject(value)) return { path, reason: "must be an object" };
    for (const [key, member] of Object.entries(value)) {
      const fault = shape(member, "");
      if (fault !== undefined) return { ...fault, path: `${path}/${partOf(key)}${fault.path}` };
    }
    return undefined;
  };

/** An object of these keys and no others; those in `optional` may be missing. */
export const object = (shapes: Readonly<Record<string, Shape>>, optional: readonly string[] = []): Shape => {
  const known = new Map(Object.entries(shapes));
  const required = [...known.keys()].filter((key) => !optional.includes(key));
  return (value, path) => {
    if (!isObject(value)) return { path, reason: "must be an object" };
    for (const key of required) {
      if (!Object.hasOwn(value, key)) return { path: `${path}/${key}`, reason: "is missing" };
    }
    // A path is put together only where something is wrong: there are many values, and few that are.
    for (const key of Object.keys(value)) {
      const shape = known.get(key);
      if (shape === undefined) return { path: `${path}/${partOf(key)}`, reason: "is not a known key" };
      const fault = shape(value[key], "");
      if (fault !== undefined) return { ...fault, path: `${path}/${pointerPart(key)}${fault.path}` };
    }
    return undefined;
  };
};

/** A key that others chose may be as long as all that they sent: so much of it is told. */
function partOf(key: string): string {
  return pointerPart(key.length > 100 ? `${key.slice(0, 100).toWellFormed()}…` : key);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
