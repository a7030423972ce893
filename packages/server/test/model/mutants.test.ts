import assert from "node:assert/strict";
import { test } from "node:test";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { MUTANTS } from "./mutants.ts";
import { MUTANTS as WORLD_MUTANTS, WIDE } from "../simulator/mutants.ts";
import { Copy, placesOf } from "./plant.ts";

const isLong = process.env.STAIRWELL_TEST_LONG === "1";
/** In a run of the usual tests a tenth, of those that show soon, others each time. */
const PLANTED = rounds(MUTANTS.length);

test("each fault has one place in the sources to be planted in", () => {
  assert.deepEqual(
    [...MUTANTS, ...WORLD_MUTANTS, ...WIDE].filter((mutant) => placesOf(mutant) !== 1),
    [],
  );
});

test("a fault that breaks a rule is found by the stories", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  const copy = new Copy(t);
  const planted = new Random(seed).shuffled(MUTANTS.filter(({ isSoon }) => isLong || isSoon)).slice(0, PLANTED);
  for (const mutant of planted) {
    await t.test(mutant.fault, async (each) => {
      const { failed, runs, why, isAnswer } = await copy.hunt(mutant, seed);
      assert(failed, `not found in ${runs} runs (seed ${seed})`);
      each.diagnostic(`found by run ${runs}: ${why?.split("\n")[0]?.slice(0, 160)}`);
      assert(isAnswer, `the copy broke down (seed ${seed}): ${why}`);
      // The same story with the fault taken out again: else whatever was found would prove nothing.
      const sound = await copy.run(mutant.by, seed, 1, runs);
      assert(!sound.failed, `its story fails without it (seed ${seed}, run ${runs}): ${sound.why}`);
    });
  }
});
