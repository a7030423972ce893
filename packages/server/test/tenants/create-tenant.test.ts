import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createTenant,
  findSigningKey,
  findTenantBySlug,
  hasTenants,
  listTenants,
  NO_LIMITS,
} from "../../src/tenants/index.ts";
import { makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

test("a tenant is made with its signing key and the limits of the model", async (t) => {
  const { db, clock } = await openStore(t);
  assert.equal(await hasTenants(db), false);
  const made = await db.write("deployment", (tx) =>
    createTenant(tx, { slug: "acme", name: " Acme ", serverName: "acme.example:8448" }),
  );
  assert.ok("tenant" in made);
  assert.equal(await hasTenants(db), true);
  assert.deepEqual(await findTenantBySlug(db, "acme"), made.tenant);
  assert.equal(made.tenant.name, "Acme");
  assert.match(made.tenant.tenantId, /^tnt-/);
  assert.deepEqual(made.tenant.limits, {
    max_participants: 50_000,
    max_rooms: null,
    max_accounts: null,
    max_storage_bytes: null,
    send_rate: { per_second: 50, burst: 200 },
    open_invites: 500,
    edit_window_seconds: 86_400,
  });
  const key = await findSigningKey(db, made.tenant.tenantNo, clock.now());
  assert.match(key?.keyId ?? "", /^ed25519-[0-9a-f]{8}$/);
});

test("a tenant for benchmarks has no limits", async (t) => {
  const { db } = await openStore(t);
  const tenant = await makeTenant(db, "bench", NO_LIMITS);
  assert.deepEqual(new Set(Object.values(tenant.limits)), new Set([null]));
});

test("a taken slug or server name makes nothing", async (t) => {
  const { db } = await openStore(t);
  await makeTenant(db, "acme");
  const sameSlug = await db.write("deployment", (tx) =>
    createTenant(tx, { slug: "acme", serverName: "other.example" }),
  );
  assert.deepEqual(sameSlug, { taken: "slug" });
  const sameServer = await db.write("deployment", (tx) =>
    createTenant(tx, { slug: "other", serverName: "acme.example" }),
  );
  assert.deepEqual(sameServer, { taken: "server_name" });
  assert.equal((await listTenants(db)).length, 1);
});

test("a server has one name: the usual port is not part of it", async (t) => {
  const { db } = await openStore(t);
  const make = (serverName: string) => db.write("deployment", (tx) => createTenant(tx, { slug: "acme", serverName }));
  await assert.rejects(make("acme.example:443"), { code: "SW_REQUEST_INVALID" });
  assert.ok("tenant" in (await make("acme.example:8443")));
});

test("32 makings of one tenant at once make one", async (t) => {
  const { db } = await openStore(t);
  const wanted = { slug: "acme", serverName: "acme.example" };
  const made = await Promise.all(
    Array.from({ length: 32 }, () => db.write("deployment", (tx) => createTenant(tx, wanted))),
  );
  assert.equal(made.filter((one) => "tenant" in one).length, 1);
});

test("malformed slugs, names and server names are refused", async (t) => {
  const { db } = await openStore(t);
  const good = { slug: "acme", name: "Acme", serverName: "acme.example" };
  for (const [bad, path] of [
    [{ slug: "" }, "/slug"],
    [{ slug: "-acme" }, "/slug"],
    [{ slug: "Acme" }, "/slug"],
    [{ slug: "a".repeat(64) }, "/slug"],
    [{ name: " " }, "/name"],
    [{ name: "a\u202eb" }, "/name"],
    [{ serverName: "Acme.example" }, "/server_name"],
    [{ serverName: "acme..example" }, "/server_name"],
    [{ serverName: "acme-.example" }, "/server_name"],
    [{ serverName: "acme.example:65536" }, "/server_name"],
    [{ serverName: "acme.example/path" }, "/server_name"],
  ] as const) {
    await assert.rejects(
      db.write("deployment", (tx) => createTenant(tx, { ...good, ...bad })),
      (error: { code: string; info: { details: { path: string }[] } }) =>
        error.code === "SW_REQUEST_INVALID" && error.info.details[0]?.path === path,
      JSON.stringify(bad),
    );
  }
  assert.equal(await hasTenants(db), false);
});
