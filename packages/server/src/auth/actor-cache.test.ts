import assert from "node:assert/strict";
import { test } from "node:test";
import { ActorCache, type Proven } from "./actor-cache.ts";

const proven = (participantNo: number, tenantNo = 1) =>
  ({ actor: { participantNo, tenant: { tenantNo } }, expiresAt: Infinity }) as Proven;

function openCache() {
  const clock = { elapsed: 0, monotonic: () => clock.elapsed };
  return { cache: new ActorCache(clock), clock };
}

test("what was read is fresh for one second after the reading began", async () => {
  const { cache, clock } = openCache();
  await cache.read("a", async () => {
    clock.elapsed = 400;
    return proven(1);
  });
  clock.elapsed = 999;
  assert.equal(cache.fresh("a")?.actor.participantNo, 1);
  clock.elapsed = 1000;
  assert.equal(cache.fresh("a"), undefined);
});

test("callers that ask at the same time share one reading", async () => {
  const { cache } = openCache();
  let readings = 0;
  const prove = async () => {
    readings++;
    return proven(1);
  };
  await Promise.all([cache.read("a", prove), cache.read("a", prove), cache.read("b", prove)]);
  assert.equal(readings, 2);
});

test("a failed reading is not remembered", async () => {
  const { cache } = openCache();
  const failing = () => Promise.reject(new Error("no such token"));
  await assert.rejects(cache.read("a", failing));
  assert.equal(cache.fresh("a"), undefined);
  assert.equal((await cache.read("a", async () => proven(1))).actor.participantNo, 1);
});

test("a reading that began before a change is answered and not remembered", async () => {
  const { cache } = openCache();
  const store = Promise.withResolvers<Proven>();
  const early = cache.read("a", () => store.promise);
  cache.forgetParticipant(1, 1);
  // Whoever asks after the change gets a reading of their own.
  const late = cache.read("a", async () => proven(2));
  store.resolve(proven(1));
  assert.equal((await early).actor.participantNo, 1);
  assert.equal((await late).actor.participantNo, 2);
  assert.equal(cache.fresh("a")?.actor.participantNo, 2);
});

test("forgetting a participant or a tenant spares the others", async () => {
  const { cache } = openCache();
  for (const [key, value] of Object.entries({ a: proven(1), b: proven(2), c: proven(1, 2), d: proven(2, 2) })) {
    await cache.read(key, async () => value);
  }
  cache.forgetParticipant(1, 1);
  cache.forgetTenant(2);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((key) => cache.fresh(key) !== undefined),
    [false, true, false, false],
  );
});
