import assert from "node:assert/strict";
import { test } from "node:test";
import { drawPlan } from "./draw-plan.ts";
import { SOUND } from "./net.ts";
import type { Plan } from "./plan.ts";
import { faultOf, shrunk } from "./shrink.ts";

test("FD18 a failing world is cut down to what it takes to fail", async () => {
  const plan = drawPlan(7, false);
  const [first, second] = [plan.steps[3]!, plan.steps.at(-3)!];
  const fails = async ({ steps }: Plan): Promise<boolean> => steps.includes(first) && steps.includes(second);
  const smallest = await shrunk(plan, fails);
  assert.deepEqual(smallest.steps, [first, second]);
  // Nobody is left but whom these steps are about.
  assert.deepEqual(
    smallest.servers.map(({ name }) => name),
    plan.servers.map(({ name }) => name).filter((name) => JSON.stringify(smallest.steps).includes(name)),
  );
  const { rooms, weather, ms, evil, thief } = smallest;
  assert.deepEqual(
    { rooms, weather, ms, evil, thief },
    { rooms: [], weather: SOUND, ms: second.at + 1, evil: undefined, thief: undefined },
  );
});

test("FD18 two worlds fail alike where the same is wrong, whoever it is about", () => {
  const fault = (who: string, position: number): string =>
    `in 24 hours: I29 ${who}.example: evt-019b7caa-5b45-706e-b31a-56c968a2506${position} has no fate`;
  assert.equal(faultOf(fault("a", 1)), faultOf(fault("b", 2)));
  assert.notEqual(
    faultOf("I36 a.example broke down: x: Error: one"),
    faultOf("I36 a.example broke down: x: Error: two"),
  );
});
