import assert from "node:assert/strict";
import { test } from "node:test";
import { participants } from "@stairwell/protocol/api";
import { mintToken } from "../../src/auth/index.ts";
import { setAdmin } from "../../src/participants/index.ts";
import { suspendTenant } from "../../src/tenants/index.ts";
import { call } from "../support/call.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openIdentity } from "./identity.ts";

async function openWithAlice(t: Parameters<typeof openIdentity>[0]) {
  const identity = await openIdentity(t);
  const tenant = await makeTenant(identity.db, "acme");
  const alice = await makePerson(identity.db, tenant, "alice", { admin: true });
  const owner = { tenantNo: tenant.tenantNo, participantNo: alice.participantNo };
  const mint = (more: { expiresAt?: number; scopes?: ("read" | "write" | "admin")[] } = {}) =>
    identity.db.write("deployment", (tx) =>
      mintToken(tx, owner, { name: "test", scopes: ["read", "write", "admin"], expiresAt: null, ...more }),
    );
  return { ...identity, tenant, alice, owner, mint };
}

test("a token speaks for its owner, with its scopes", async (t) => {
  const { authenticate, alice, tenant, mint } = await openWithAlice(t);
  const { token, record } = await mint({ scopes: ["read"] });
  const actor = await authenticate(token);
  assert.equal(actor.participantId, alice.participantId);
  assert.equal(actor.fqid, "@alice:acme.example");
  assert.equal(actor.tokenId, record.tokenId);
  assert.equal(actor.tenant.tenantId, tenant.tenantId);
  assert.equal(actor.isAdmin, true);
  assert.deepEqual([...actor.scopes], ["read"]);
});

test("a token that was just used is known without a promise", async (t) => {
  const { authenticator, authenticate, mint } = await openWithAlice(t);
  const { token } = await mint();
  assert.ok(authenticator.authenticate(token) instanceof Promise);
  const actor = await authenticate(token);
  assert.equal(authenticator.authenticate(token), actor);
});

test("unknown, mangled and hashed tokens are refused alike", async (t) => {
  const { db, authenticate, mint } = await openWithAlice(t);
  const { token } = await mint();
  const stored = await db.get<{ token_hash: string }>("SELECT token_hash FROM tokens");
  for (const credential of [
    "",
    "x",
    "swt_",
    `${token}x`,
    token.slice(0, -1),
    token.toUpperCase(),
    stored!.token_hash,
    "dev-alice",
    "\0",
    "x".repeat(10_000),
  ]) {
    await assert.rejects(authenticate(credential), { code: "SW_AUTH_INVALID_TOKEN" }, credential.slice(0, 20));
  }
});

test("AU1 a token's text is nowhere in the store", async (t) => {
  const { db, mint } = await openWithAlice(t);
  const { token } = await mint();
  assert.ok(Buffer.from(token.slice(4), "base64url").length * 8 >= 160);
  const rows = await db.all("SELECT * FROM tokens");
  assert.equal(rows.length, 1);
  assert.ok(!JSON.stringify(rows).includes(token));
});

test("an expired token is refused, also once the clock is set back", async (t) => {
  const { clock, authenticate, mint } = await openWithAlice(t);
  const { token } = await mint({ expiresAt: clock.now() + 60_000 });
  await authenticate(token);
  clock.time += 60_000;
  await assert.rejects(authenticate(token), { code: "SW_AUTH_EXPIRED_TOKEN" });
  clock.time -= 3_600_000;
  await assert.rejects(authenticate(token), { code: "SW_AUTH_EXPIRED_TOKEN" });
});

test("AU3 a revoked token stops at the commit of its revocation", async (t) => {
  const { authenticate, endpoints, tenant, alice, mint } = await openWithAlice(t);
  const { token, record } = await mint();
  const { token: other } = await mint();
  await authenticate(token);
  await call(endpoints, participants.revokeToken, actorFor(tenant, alice), { params: { token_id: record.tokenId } });
  await assert.rejects(authenticate(token), { code: "SW_AUTH_INVALID_TOKEN" });
  await authenticate(other);
});

test("AU3 a revocation elsewhere counts within a second", async (t) => {
  const { db, clock, authenticate, mint } = await openWithAlice(t);
  const { token, record } = await mint();
  await authenticate(token);
  await db.write("deployment", (tx) => tx.run("UPDATE tokens SET revoked_at = 1 WHERE token_id = $1", record.tokenId));
  clock.advance(1000);
  await assert.rejects(authenticate(token), { code: "SW_AUTH_INVALID_TOKEN" });
});

test("AU3 a deactivated participant is refused within a second", async (t) => {
  const { db, clock, authenticate, mint } = await openWithAlice(t);
  const { token } = await mint();
  await authenticate(token);
  await db.write("deployment", (tx) => tx.run("UPDATE participants SET deactivated_at = 1"));
  clock.advance(1000);
  await assert.rejects(authenticate(token), { code: "SW_AUTH_INVALID_TOKEN" });
});

test("AU3 a suspended tenant's people are refused at once, and come back with it", async (t) => {
  const { db, actors, authenticate, mint } = await openWithAlice(t);
  const { token } = await mint();
  await authenticate(token);
  const suspend = (suspended: boolean) =>
    db.write("deployment", (tx) => suspendTenant(tx, (no) => actors.forgetTenant(no), "acme", suspended));
  await suspend(true);
  await assert.rejects(authenticate(token), { code: "SW_AUTH_INVALID_TOKEN" });
  await suspend(false);
  await authenticate(token);
});

test("AU2 taking the role takes the scope admin from tokens that have it", async (t) => {
  const { db, actors, authenticate, tenant, alice, mint } = await openWithAlice(t);
  const { token } = await mint();
  assert.ok((await authenticate(token)).scopes.has("admin"));
  const forget = (tenantNo: number, participantNo: number) => actors.forgetParticipant(tenantNo, participantNo);
  await db.write("deployment", (tx) => setAdmin(tx, forget, tenant.tenantNo, alice, false));
  const actor = await authenticate(token);
  assert.equal(actor.isAdmin, false);
  assert.deepEqual([...actor.scopes], ["read", "write"]);
});

test("AP3 a token speaks in its own tenant alone", async (t) => {
  const { db, authenticate, mint } = await openWithAlice(t);
  const other = await makeTenant(db, "other");
  await makePerson(db, other, "alice");
  const { token } = await mint();
  assert.equal((await authenticate(token)).tenant.slug, "acme");
});
