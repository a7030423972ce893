import assert from "node:assert/strict";
import { test } from "node:test";
import { ActorCache } from "../../src/auth/index.ts";
import { findTenantBySlug, suspendTenant } from "../../src/tenants/index.ts";
import type { Db } from "../../src/db/index.ts";
import { makePerson, makeTenant } from "../support/people.ts";
import { openIdentity } from "./identity.ts";

async function counts(db: Db) {
  const count = async (table: string) => (await db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))!.n;
  return [await count("tenants"), await count("tenant_keys"), await count("participants"), await count("workspaces")];
}

test("AU4 a developer's tenant, participant and personal workspace are made on first use", async (t) => {
  const { db, authenticate } = await openIdentity(t, { development: true });
  const actor = await authenticate("dev-alice");
  assert.equal(actor.fqid, "@alice:dev.localhost");
  assert.equal(actor.tenant.slug, "dev");
  assert.equal(actor.participantType, "human");
  assert.equal(actor.isAdmin, false);
  assert.deepEqual([...actor.scopes], ["read", "write"]);
  assert.deepEqual(await counts(db), [1, 1, 1, 1]);
});

test("AU4 32 first uses at once make one of each", async (t) => {
  const { db, clock, newAuthenticator } = await openIdentity(t, { development: true });
  // Each verifier has a memory of its own: one alone would read once for all.
  const verifiers = Array.from({ length: 32 }, () => newAuthenticator(new ActorCache(clock)));
  const actors = await Promise.all(verifiers.map(async (verifier) => verifier.authenticate("dev-alice")));
  assert.equal(new Set(actors.map(({ participantId }) => participantId)).size, 1);
  assert.deepEqual(await counts(db), [1, 1, 1, 1]);
});

test("32 people signing in at once to a new tenant make one tenant", async (t) => {
  const { db, authenticate } = await openIdentity(t, { development: true });
  const actors = await Promise.all(Array.from({ length: 32 }, (_, i) => authenticate(`dev-p${i}@acme`)));
  assert.equal(new Set(actors.map(({ tenant }) => tenant.tenantId)).size, 1);
  assert.equal(new Set(actors.map(({ participantNo }) => participantNo)).size, 32);
  assert.deepEqual(await counts(db), [1, 1, 32, 32]);
});

test("a developer names the tenant after an at sign, an existing one too", async (t) => {
  const { db, authenticate } = await openIdentity(t, { development: true });
  const made = await makeTenant(db, "acme");
  const actor = await authenticate("dev-alice@acme");
  assert.equal(actor.tenant.tenantId, made.tenantId);
  assert.equal(actor.fqid, "@alice:acme.example");
  assert.equal((await authenticate("dev-alice@other")).fqid, "@alice:other.localhost");
});

test("the developer called admin is one, also where they were made without the role", async (t) => {
  const { db, authenticate } = await openIdentity(t, { development: true });
  assert.equal((await authenticate("dev-admin")).isAdmin, true);
  const acme = await makeTenant(db, "acme");
  await makePerson(db, acme, "admin");
  const actor = await authenticate("dev-admin@acme");
  assert.equal(actor.isAdmin, true);
  assert.ok(actor.scopes.has("admin"));
});

test("a bot can be used in development mode and is never an admin", async (t) => {
  const { db, authenticate } = await openIdentity(t, { development: true });
  const acme = await makeTenant(db, "acme");
  await makePerson(db, acme, "admin", { participantType: "bot" });
  const actor = await authenticate("dev-admin@acme");
  assert.equal(actor.participantType, "bot");
  assert.equal(actor.isAdmin, false);
});

test("what names nobody is refused and makes nothing", async (t) => {
  const { db, authenticate } = await openIdentity(t, { development: true });
  for (const credential of [
    "dev-",
    "dev-Alice",
    "dev-.alice",
    "dev-al ice",
    `dev-${"a".repeat(65)}`,
    "dev-alice@",
    "dev-alice@Acme",
    "dev-alice@acme@dev",
    // `acme-.localhost` is no server name.
    "dev-alice@acme-",
  ]) {
    await assert.rejects(authenticate(credential), { code: "SW_AUTH_INVALID_TOKEN" }, credential);
  }
  assert.deepEqual(await counts(db), [0, 0, 0, 0]);
});

test("a developer of a suspended tenant is refused", async (t) => {
  const { db, actors, authenticate } = await openIdentity(t, { development: true });
  await authenticate("dev-alice");
  await db.write("deployment", (tx) => suspendTenant(tx, (no) => actors.forgetTenant(no), "dev", true));
  await assert.rejects(authenticate("dev-alice"), { code: "SW_AUTH_INVALID_TOKEN" });
  await assert.rejects(authenticate("dev-bob"), { code: "SW_AUTH_INVALID_TOKEN" });
});

test("AU4 without development mode its credentials are unknown tokens", async (t) => {
  const { db, authenticate } = await openIdentity(t);
  await assert.rejects(authenticate("dev-alice"), { code: "SW_AUTH_INVALID_TOKEN" });
  assert.equal(await findTenantBySlug(db, "dev"), undefined);
});
