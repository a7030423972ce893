/**
 * Plays random stories until one fails, as `node hunt.ts inOrder|atOnce SEED MOST`, and prints how many it took. For
 * looking for planted faults: nothing is shrunk, and no kept story is played.
 */
import fc from "fast-check";
import { PROPERTIES } from "./properties.ts";

const [name, seed, most] = process.argv.slice(2) as [keyof typeof PROPERTIES, string, string];
const property = PROPERTIES[name].property as fc.IAsyncProperty<unknown[]>;
const out = await fc.check(property, { seed: Number(seed), numRuns: Number(most), endOnFailure: true });
const why = out.errorInstance instanceof Error ? out.errorInstance.message.slice(0, 600) : null;
console.log(JSON.stringify({ failed: out.failed, runs: out.numRuns, why }));
// Whatever a fault left open must not keep the process.
process.exit(0);
