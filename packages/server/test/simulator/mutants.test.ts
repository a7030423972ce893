import assert from "node:assert/strict";
import { test } from "node:test";
import { freshSeed, Random } from "@stairwell/testing";
import { Copy } from "../model/plant.ts";
import { MUTANTS, WIDE } from "./mutants.ts";

const isLong = process.env.STAIRWELL_TEST_LONG === "1";
/** In a run of the usual tests one of those that show soon, another each time. */
const A_FEW = 1;
/** A fault is found within so many worlds: in the long run from any seed, in the usual one from the first. */
const MOST = 2000;

test("a fault in what servers hold of each other is found by the worlds", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  const copy = new Copy(t, "packages/server/test/simulator/hunt.ts");
  const planted = isLong
    ? [...MUTANTS, ...WIDE]
    : new Random(seed).shuffled(MUTANTS.filter(({ isSoon }) => isSoon)).slice(0, A_FEW);
  const first = isLong ? seed : 1;
  for (const mutant of planted) {
    await t.test(mutant.fault, async (each) => {
      const { failed, runs, why } = await copy.hunt(mutant, first, MOST);
      assert(failed, `not found in ${runs} worlds (seed ${first})`);
      each.diagnostic(`found by world ${runs}: ${why?.split("\n")[0]?.slice(0, 160)}`);
      // The same world with the fault taken out again: else whatever was found would prove nothing.
      const sound = await copy.run(mutant.by, first, 1, runs);
      assert(!sound.failed, `its world fails without it (seed ${first}, world ${runs}): ${sound.why}`);
    });
  }
});
