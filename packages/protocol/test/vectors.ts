import { readFileSync } from "node:fs";

/** The vectors of `spec/vectors/NAME.json`; the caller says what they are. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../spec/vectors/${name}.json`, import.meta.url), "utf8")) as T;
}
