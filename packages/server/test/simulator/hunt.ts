/**
 * Plays worlds until one shows that something is wrong, as `node hunt.ts simulator SEED MOST`, or `wide` for the wide ones, and
 * prints how many it took; with a fourth argument, only the world of that run. For looking for planted faults.
 */
import { Disks } from "./disk.ts";
import { drawPlan } from "./draw-plan.ts";
import { play } from "./play.ts";

const [which, seed, most, only] = process.argv.slice(2) as [string, string, string, string?];
const disks = await Disks.open();
const [first, last] = only === undefined ? [1, Number(most)] : [Number(only), Number(only)];
let run = first;
let why: string | undefined;
for (; run <= last && why === undefined; run++)
  why = (await play(drawPlan(Number(seed) + run - 1, which === "wide"), disks)).violation;
disks.end();
const found = { failed: why !== undefined, runs: run - 1, why: why?.slice(0, 600) ?? null, isAnswer: true };
console.log(JSON.stringify(found));
// Whatever a fault left open must not keep the process.
process.exit(0);
