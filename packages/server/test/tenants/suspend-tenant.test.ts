import assert from "node:assert/strict";
import { test } from "node:test";
import { findTenantBySlug, suspendTenant } from "../../src/tenants/index.ts";
import { makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

test("suspending is told once, and a repeat keeps the first time", async (t) => {
  const { db, clock } = await openStore(t);
  const { tenantNo } = await makeTenant(db, "acme");
  const told: number[] = [];
  const suspend = (suspended: boolean) =>
    db.write("deployment", (tx) => suspendTenant(tx, (no) => told.push(no), "acme", suspended));

  const first = clock.now();
  assert.equal((await suspend(true)).suspendedAt, first);
  clock.advance(1000);
  assert.equal((await suspend(true)).suspendedAt, first);
  assert.deepEqual(told, [tenantNo]);

  await suspend(false);
  assert.equal((await findTenantBySlug(db, "acme"))?.suspendedAt, null);
  assert.deepEqual(told, [tenantNo, tenantNo]);
});

test("an unknown tenant cannot be suspended", async (t) => {
  const { db } = await openStore(t);
  await assert.rejects(
    db.write("deployment", (tx) => suspendTenant(tx, () => assert.fail(), "nobody", true)),
    { code: "SW_TENANT_NOT_FOUND" },
  );
});
