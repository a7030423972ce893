import { test } from "node:test";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { Storm } from "./storm.ts";

test("ST3 nodes that are killed while NATS goes and PostgreSQL is restarted lose nothing that was answered, and no stream", async (t) => {
  for (let round = 0; round < rounds(20); round++) {
    const nodes = 2 + (round % 2);
    await t.test(`${nodes} nodes, round ${round}`, { timeout: 400_000 }, async (t) => {
      const seed = freshSeed();
      t.diagnostic(`seed ${seed}`);
      const storm = await Storm.start(t, nodes, new Random(seed));
      await storm.rage(8_000);
      t.diagnostic(JSON.stringify(storm.counts));
    });
  }
});
