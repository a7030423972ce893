import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, TestServer } from "@stairwell/testing";

const POLICY = "/v1/admin/federation/policy";

test("a tenant is closed to other servers until an admin says otherwise, on record", async (t) => {
  const server = await TestServer.start(t);
  const [admin, alice] = await server.people("admin", "alice");
  const closed = {
    default_mode: "closed",
    allowed_peers: [],
    denied_peers: [],
    max_foreign_participants_per_room: 50,
    max_backfill_events_per_request: 1000,
    members_may_invite: false,
    history_before_join: false,
  };
  assert.deepEqual(assertOk(await admin.get(POLICY)).data, closed);
  const change = { default_mode: "invite_only", denied_peers: ["evil.example", "evil.example:8448"] };
  const changed = { ...closed, ...change };
  assert.deepEqual(assertOk(await admin.put(POLICY, change)).data, changed);
  assert.deepEqual(assertOk(await admin.put(POLICY, change)).data, changed);
  assert.deepEqual(assertOk(await admin.put(POLICY, {})).data, changed);
  assert.deepEqual(assertOk(await admin.get(POLICY)).data, changed);
  const { data: acts } = assertOk(await admin.get("/v1/admin/audit?action=federation.policy"));
  assert.equal(acts.length, 1);
  assert.deepEqual(acts[0].details, change);
  assertRefused(await alice.get(POLICY), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
  assertRefused(await alice.put(POLICY, change), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
  // Another tenant's is its own.
  const other = await server.person("admin", "other").signIn();
  assert.deepEqual(assertOk(await other.get(POLICY)).data, closed);
});

test("what is no server name is refused at its place, and nothing is changed", async (t) => {
  const server = await TestServer.start(t);
  const admin = await server.person("admin").signIn();
  for (const name of [
    "Evil.example",
    "evil.example.",
    "evil.example:443",
    "127.0.0.1",
    "[::1]",
    "https://evil.example",
    "*",
  ]) {
    const refused = await admin.put(POLICY, { default_mode: "open", denied_peers: ["fine.example", name] });
    assertRefused(refused, 400, "SW_REQUEST_INVALID");
    assert.equal((refused.error.details as { path: string }[])[0]!.path, "/denied_peers/1", name);
  }
  for (const wrong of [
    { default_mode: "ajar" },
    { denied_peers: "evil.example" },
    { x: 1 },
    { members_may_invite: 1 },
  ]) {
    assertRefused(await admin.put(POLICY, wrong), 400, "SW_REQUEST_INVALID");
  }
  assert.equal(assertOk(await admin.get(POLICY)).data.default_mode, "closed");
});

test("FD1 admins see their tenant's keys as other servers do", async (t) => {
  const server = await TestServer.start(t);
  const [admin, alice] = await server.people("admin", "alice");
  const { data } = assertOk(await admin.get("/v1/admin/federation/identity"));
  assert.equal(data.server_name, "dev.localhost");
  assert.deepEqual(data.endpoints, { federation: "https://dev.localhost/_stairwell/federation/v1" });
  assert.equal(data.keys.length, 1);
  assert.deepEqual([data.keys[0].key_id, data.keys[0].public_key], [data.key_id, data.public_key]);
  assert.doesNotMatch(JSON.stringify(data), /private/i);
  assertRefused(await alice.get("/v1/admin/federation/identity"), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
});
