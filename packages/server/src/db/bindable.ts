import type { Value } from "./port.ts";

/** The values of a statement, as they are. Throws for what an engine would silently change. */
export function checked(values: readonly Value[]): Value[] {
  for (const value of values) {
    if (!isBindable(value)) throw new TypeError("a statement takes text, numbers, null and bytes only");
  }
  return values as Value[];
}

function isBindable(value: Value): boolean {
  switch (typeof value) {
    case "string":
    case "bigint":
      return true;
    case "number":
      // The engines have no such number; the embedded one would write NULL.
      return !Number.isNaN(value);
    default:
      return value === null || value instanceof Uint8Array;
  }
}
