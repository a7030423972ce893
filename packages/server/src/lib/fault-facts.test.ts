import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { faultFacts } from "./fault-facts.ts";

test("a fault of another server is told in a line, with what the system said of it, and our own with its stack", () => {
  const cause = new Error("it takes no connections", { cause: new Error("connect ECONNREFUSED 10.0.0.7:443") });
  const unreached = new StairwellError("SW_FED_PEER_UNREACHABLE", { message: "b.example is away.", cause });
  assert.deepEqual(faultFacts(unreached), {
    code: "SW_FED_PEER_UNREACHABLE",
    reason: "b.example is away.",
    cause: "connect ECONNREFUSED 10.0.0.7:443",
  });
  const refused = new StairwellError("SW_FED_POLICY", { message: "b.example keeps us out." });
  assert.deepEqual(faultFacts(refused), { code: "SW_FED_POLICY", reason: "b.example keeps us out." });
  const ours = new TypeError("a mistake");
  assert.deepEqual(faultFacts(ours), { err: ours });
});
