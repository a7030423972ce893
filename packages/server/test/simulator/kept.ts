import { readdirSync, readFileSync } from "node:fs";
import type { Plan } from "./plan.ts";

const FOLDER = new URL("kept/", import.meta.url);

/** A world that failed once, cut down to what it took; its name says what it showed. */
export interface Kept {
  readonly shows: string;
  readonly plan: Plan;
}

/** All that are kept, by the names of their files. */
export function keptPlans(): Map<string, Kept> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
  return new Map(files.map((file) => [file.slice(0, -".json".length), read(file)]));
}

function read(file: string): Kept {
  return JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Kept;
}
