/**
 * Plays random stories until one fails, as `node hunt.ts inOrder|atOnce SEED MOST`, and prints how many it took; with a
 * fourth argument, only the story of that run. For looking for planted faults: nothing is shrunk or kept.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PROPERTIES } from "./properties.ts";

const [name, seed, most, only] = process.argv.slice(2) as [keyof typeof PROPERTIES, string, string, string?];
const property = PROPERTIES[name].property as fc.IAsyncProperty<unknown[]>;
const path = only === undefined ? {} : { path: String(Number(only) - 1) };
const out = await fc.check(property, { seed: Number(seed), numRuns: Number(most), endOnFailure: true, ...path });
const why = out.errorInstance instanceof Error ? out.errorInstance.message.slice(0, 600) : null;
console.log(JSON.stringify({ failed: out.failed, runs: out.numRuns, why, isAnswer: isAnswer(out.errorInstance) }));
// Whatever a fault left open must not keep the process.
process.exit(0);

/** Whether it was an answer or a log that was wrong, and nothing that merely broke down. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && (error instanceof assert.AssertionError || isAnswer(error.cause));
}
