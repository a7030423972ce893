import fc from "fast-check";
import { test, type TestContext } from "node:test";
import { freshSeed } from "@stairwell/testing";
import { PROPERTIES, reporter } from "./properties.ts";

const isLong = process.env.STAIRWELL_TEST_LONG === "1";
/** Goes straight to the story that a failed run named. */
const path = process.env.STAIRWELL_PATH;

async function play(t: TestContext, name: keyof typeof PROPERTIES, runs: { usual: number; long: number }) {
  const { property, kept } = PROPERTIES[name];
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  await fc.assert<unknown[]>(
    property as fc.IAsyncProperty<unknown[]>,
    {
      seed,
      numRuns: kept.length + (isLong ? runs.long : runs.usual),
      reporter: reporter(name),
      ...(path === undefined ? { examples: kept as unknown[][] } : { path }),
    } as fc.Parameters<unknown[]>,
  );
}

test("AP1 MB15 MB17 RD2 VS2 ST2 whatever is asked, in whatever order, is answered as the model says", (t) =>
  play(t, "inOrder", { usual: 20, long: 1000 }));

test("MB17 MB18 DM1 whatever is asked at once is answered as if it had come in some order", (t) =>
  play(t, "atOnce", { usual: 12, long: 500 }));
