import assert from "node:assert/strict";
import { test } from "node:test";
import { participants } from "@stairwell/protocol/api";
import type { Actor } from "../../src/auth/index.ts";
import type { Receipt } from "../../src/receipts/index.ts";
import { wireTime } from "../../src/lib/clock.ts";
import { call } from "../support/call.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openIdentity } from "./identity.ts";

async function openWithPeople(t: Parameters<typeof openIdentity>[0]) {
  const identity = await openIdentity(t);
  const tenant = await makeTenant(identity.db, "acme");
  const person = async (localId: string, more = {}) =>
    actorFor(tenant, await makePerson(identity.db, tenant, localId, more));
  const mint = (actor: Actor, body: Record<string, unknown> = {}, receipt?: Receipt) =>
    call(identity.endpoints, participants.mintToken, actor, { body: { name: "test", ...body } }, receipt);
  return { ...identity, person, mint };
}

test("AU1 a minted token is shown once and listed without its text", async (t) => {
  const { clock, endpoints, person, mint } = await openWithPeople(t);
  const alice = await person("alice");
  const expires_at = wireTime(clock.now() + 1000);
  const minted = await mint(alice, { name: " laptop ", scopes: ["write", "read"], expires_at });
  assert.equal(minted.status, 201);
  assert.match(minted.data.token, /^swt_[A-Za-z0-9_-]{32}$/);
  const { token, ...shown } = minted.data;
  assert.deepEqual(shown, {
    id: minted.data.id,
    name: "laptop",
    scopes: ["read", "write"],
    created_at: wireTime(clock.now()),
    expires_at,
  });
  const listed = await call(endpoints, participants.listTokens, alice);
  assert.deepEqual(listed.data, [shown]);
  assert.ok(!JSON.stringify(listed.data).includes(token));
});

test("AP6 a repeat of a mint with its key shows the same token", async (t) => {
  const { endpoints, person, mint } = await openWithPeople(t);
  const alice = await person("alice");
  let kept = "";
  const receipt: Receipt = {
    keep: async (_tx, _status, reference) => void (kept = reference),
    seal: (text) => Buffer.from(text).toString("hex"),
    unseal: (sealed) => Buffer.from(sealed, "hex").toString(),
  };
  const first = await mint(alice, {}, receipt);
  assert.ok(!kept.includes(first.data.token));
  const endpoint = endpoints.find(({ route }) => route.operationId === "mintToken");
  assert.ok(endpoint?.kind === "command");
  const repeat = await endpoint.render(
    { actor: alice } as never,
    { status: 201, ref: JSON.parse(kept) } as never,
    receipt,
  );
  assert.deepEqual(repeat, { data: first.data });
});

test("AU2 a token has no scope that its minting credential lacks", async (t) => {
  const { person, mint } = await openWithPeople(t);
  const admin = await person("boss", { admin: true });
  const weak: Actor = { ...admin, scopes: new Set(["write"]) };
  for (const scopes of [["read"], ["read", "write"], ["write", "admin"]]) {
    await assert.rejects(mint(weak, { scopes }), { code: "SW_AUTH_INSUFFICIENT_PERMISSION" });
  }
  assert.deepEqual((await mint(weak)).data.scopes, ["write"]);
  assert.deepEqual((await mint(admin, { scopes: ["admin"] })).data.scopes, ["admin"]);
});

test("AU2 the scope admin needs to be asked for, and needs the role", async (t) => {
  const { person, mint } = await openWithPeople(t);
  const admin = await person("boss", { admin: true });
  assert.deepEqual((await mint(admin)).data.scopes, ["read", "write"]);
  const bot = { ...(await person("helper", { participantType: "bot" })), scopes: admin.scopes };
  await assert.rejects(mint(bot, { scopes: ["admin"] }), { code: "SW_AUTH_INSUFFICIENT_PERMISSION" });
});

test("a token's expiry is an RFC 3339 time in the future", async (t) => {
  const { clock, person, mint } = await openWithPeople(t);
  const alice = await person("alice");
  for (const expires_at of ["tomorrow", "", "2026-01-02", wireTime(clock.now()), wireTime(clock.now() - 1)]) {
    await assert.rejects(mint(alice, { expires_at }), { code: "SW_REQUEST_INVALID" }, expires_at);
  }
  assert.equal((await mint(alice, { expires_at: null })).data.expires_at, null);
});

test("a revoked token is gone from the list, and revoking it again is for an unknown token", async (t) => {
  const { endpoints, person, mint } = await openWithPeople(t);
  const alice = await person("alice");
  const { id } = (await mint(alice)).data;
  const revoke = (actor: Actor, token_id: string) =>
    call(endpoints, participants.revokeToken, actor, { params: { token_id } });

  const bob = await person("bob");
  for (const foreign of [id, "tok-unknown", "' OR 1=1", ""]) {
    await assert.rejects(revoke(bob, foreign), { code: "SW_NOT_FOUND" });
  }
  assert.deepEqual((await revoke(alice, id)).data, { id, revoked: true });
  assert.deepEqual((await call(endpoints, participants.listTokens, alice)).data, []);
  await assert.rejects(revoke(alice, id), { code: "SW_NOT_FOUND" });
});

test("AP3 another tenant's token is unknown to revoke", async (t) => {
  const { db, endpoints, person, mint } = await openWithPeople(t);
  const alice = await person("alice");
  const { id } = (await mint(alice)).data;
  const other = await makeTenant(db, "other");
  const stranger = actorFor(other, await makePerson(db, other, "alice"));
  assert.equal(stranger.participantNo, alice.participantNo);
  await assert.rejects(call(endpoints, participants.revokeToken, stranger, { params: { token_id: id } }), {
    code: "SW_NOT_FOUND",
  });
  assert.deepEqual((await call(endpoints, participants.listTokens, stranger)).data, []);
});

test("AU5 one person holds 1,000 tokens at the most", async (t) => {
  const { db, person, mint } = await openWithPeople(t);
  const alice = await person("alice");
  const { id } = (await mint(alice)).data;
  await db.write("deployment", (tx) =>
    tx.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO tokens " +
        "SELECT tenant_no, token_id || i, token_hash || i, participant_no, name, scopes, created_at, NULL, NULL FROM tokens, n",
    ),
  );
  await assert.rejects(mint(alice), { code: "SW_TENANT_CAPACITY" });
  await db.write("deployment", (tx) => tx.run("UPDATE tokens SET revoked_at = 1 WHERE token_id = $1", id));
  assert.equal((await mint(alice)).status, 201);
});
