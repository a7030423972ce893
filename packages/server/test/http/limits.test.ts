import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { FailedSignIns, SendRates } from "../../src/http/index.ts";
import { actorNamed, openStand } from "./kit.ts";

/** A clock that the test moves, in seconds. */
function clockAt(start = 0) {
  const clock = { seconds: start, now: () => clock.seconds * 1000, monotonic: () => clock.seconds * 1000 };
  return clock;
}

const rateHeaders = (headers: Headers): (string | null)[] =>
  ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"].map((name) => headers.get(name));

test("AP1 a charged call costs one of the caller's rate, refused or not, and says what is left", async (t) => {
  const clock = clockAt();
  const { ask } = await openStand(t, { clock, rates: new SendRates(clock) });
  const send = (json: unknown) => ask("POST", "/v1/notes", { token: "limited", json });
  assert.deepEqual(rateHeaders((await send({ text: "a" })).headers), ["3", "2", "1", null]);
  const refused = await send({ text: 1 });
  assert.equal(refused.status, 400);
  assert.deepEqual(rateHeaders(refused.headers), ["3", "1", "2", null]);
  await send({ text: "b" });
  const over = await send({ text: "c" });
  assert.equal(over.status, 429);
  assert.equal(over.error.code, "SW_RATE_LIMIT_EXCEEDED");
  assert.deepEqual(rateHeaders(over.headers), ["3", "0", "3", "1"]);
  clock.seconds += 1;
  assert.equal((await send({ text: "d" })).status, 201);
  assert.equal((await send({ text: "e" })).status, 429);
});

test("AP1 calls that are not charged, and tenants without the limit, are not counted", async (t) => {
  const { ask } = await openStand(t);
  for (let n = 0; n < 10; n++) {
    const read = await ask("GET", "/v1/notes", { token: "limited" });
    assert.equal(read.status, 200);
    assert.deepEqual(rateHeaders(read.headers), [null, null, null, null]);
    const sent = await ask("POST", "/v1/notes", { json: { text: "a" } });
    assert.equal(sent.status, 201);
    assert.deepEqual(rateHeaders(sent.headers), [null, null, null, null]);
  }
});

test("AP6 a replay costs nothing", async (t) => {
  const clock = clockAt();
  const { ask } = await openStand(t, { clock, rates: new SendRates(clock) });
  const repeat = { token: "limited", json: { text: "a" }, headers: { "idempotency-key": "k" } };
  for (let n = 0; n < 10; n++) {
    const got = await ask("POST", "/v1/notes", repeat);
    assert.equal(got.status, 201);
    assert.equal(got.headers.get("ratelimit-remaining"), "2");
  }
});

test("AP1 what a command appends beyond its first event is charged, and one participant never pays for another", () => {
  const clock = clockAt();
  const rates = new SendRates(clock);
  const [limited, other] = [actorNamed("limited"), { ...actorNamed("limited"), participantNo: 99 }];
  rates.take(limited);
  rates.charge(limited, 4);
  assert.deepEqual(rates.standing(limited), { limit: 3, remaining: 0, resetSeconds: 5 });
  assert.throws(
    () => rates.take(limited),
    (error) => error instanceof StairwellError && error.info.retryAfterSeconds === 3,
  );
  rates.take(other);
  const elsewhere = { ...limited, tenant: { ...limited.tenant, tenantNo: 2 } };
  rates.take(elsewhere);
  clock.seconds += 3;
  rates.take(limited);
  assert.equal(rates.standing(actorNamed("alice")), undefined);
  rates.charge(actorNamed("alice"), 1e9);
  rates.take(actorNamed("alice"));
});

test("AP1 too many failed sign-ins from one address are 429, and a right credential still passes", async (t) => {
  const clock = clockAt();
  const { ask } = await openStand(t, { clock, failedSignIns: new FailedSignIns(5, clock) });
  for (let n = 0; n < 5; n++) assert.equal((await ask("GET", "/v1/notes", { token: `guess-${n}` })).status, 401);
  for (const token of ["guess", "later-guess", null]) {
    const over = await ask("GET", "/v1/notes", { token });
    assert.equal(over.status, 429);
    assert.equal(over.headers.get("retry-after"), "12");
    assert.equal(over.headers.get("www-authenticate"), null);
  }
  assert.equal((await ask("GET", "/v1/notes")).status, 200);
  clock.seconds += 12;
  assert.equal((await ask("GET", "/v1/notes", { token: "guess" })).status, 401);
  assert.equal((await ask("GET", "/v1/notes", { token: "guess" })).status, 429);
});
