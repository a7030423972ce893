/**
 * Plays one world and prints all that happens in it: as `node tell.ts NAME` one that is kept, as `node tell.ts SEED`, or with
 * `wide` after it, that of a seed. Of one that fails the smallest that fails alike is printed at the end.
 */
import { Disks } from "./disk.ts";
import { drawPlan } from "./draw-plan.ts";
import { keptPlans } from "./kept.ts";
import { told } from "./plan.ts";
import { play } from "./play.ts";
import { cutDown } from "./shrink.ts";

const [which = "", wide] = process.argv.slice(2);
const plan = keptPlans().get(which)?.plan ?? drawPlan(Number(which), wide === "wide");
const disks = await Disks.open();
console.log(told(plan));
const { violation } = await play(plan, disks, { print: console.log });
console.log(violation === undefined ? "nothing is violated" : told(await cutDown(plan, violation, disks)));
disks.end();
