import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor } from "../auth/index.ts";
import { NO_BUS } from "../bus/index.ts";
import { SendRates } from "./rate-limits.ts";

test("send_rate fills by a node's share while it hears of no other, however often it is looked at", () => {
  let now = 0;
  const rates = new SendRates({ monotonic: () => now }, { bus: NO_BUS, countNodes: () => 2 });
  const limits = { send_rate: { per_second: 10, burst: 20 } };
  const actor = { tenant: { tenantNo: 1, limits }, participantNo: 1 } as unknown as Actor;
  for (let i = 0; i < 10; i++) rates.take(actor);
  assert.throws(() => rates.take(actor), { code: "SW_RATE_LIMIT_EXCEEDED" });
  for (let i = 0; i < 10; i++) {
    now += 100;
    assert.equal(rates.standing(actor)!.limit, 20);
    rates.charge(actor, 0);
  }
  // Half of ten in that second.
  assert.equal(rates.standing(actor)!.remaining, 5);
  for (let i = 0; i < 5; i++) rates.take(actor);
  assert.throws(() => rates.take(actor), { code: "SW_RATE_LIMIT_EXCEEDED" });
});
