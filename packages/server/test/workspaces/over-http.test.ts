import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, TestServer } from "@stairwell/testing";

test("AP6 32 creations with one key at once make one workspace", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const create = () => alice.post("/v1/workspaces", { name: "Team" }, { "idempotency-key": "k-1" });
  const answers = await atOnce(32, create);
  for (const answer of answers) assert.equal(answer.status, 201);
  assert.equal(new Set(answers.map(({ data }) => data.id)).size, 1);
  assert.equal(assertOk(await alice.get("/v1/workspaces")).meta.total, 2);
});

test("AP2 another's workspace, another tenant's and an unknown one cannot be told apart", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const foreign = await server.person("alice", "other").signIn();
  const mine = assertOk(await bob.post("/v1/workspaces", { name: "Bob's" })).data.id;
  const theirs = assertOk(await foreign.post("/v1/workspaces", { name: "Foreign" })).data.id;
  const answers = [];
  for (const id of [mine, theirs, "ws-unknown", "%2e%2e%2f", "x".repeat(300)])
    answers.push(await alice.get(`/v1/workspaces/${id}`));
  for (const { error, ...answer } of answers) {
    assert.equal(answer.status, 404);
    assert.deepEqual(
      { ...error, request_id: "" },
      { code: "SW_WORKSPACE_NOT_FOUND", message: "There is no such workspace.", request_id: "" },
    );
  }
});

test("WS5 a workspace is deleted once its last room is closed", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const { id } = assertOk(await alice.post("/v1/workspaces", { name: "Team" })).data;
  const room = await alice.roomWith([], { workspace_id: id });
  assert.equal(assertOk(await alice.get(`/v1/workspaces/${id}`)).data.rooms_count, 1);
  assertRefused(await alice.delete(`/v1/workspaces/${id}`), 409, "SW_WORKSPACE_NOT_EMPTY", "WS5");
  assertOk(await alice.post(`/v1/rooms/${room}/archive`));
  assertRefused(await alice.delete(`/v1/workspaces/${id}`), 409, "SW_WORKSPACE_NOT_EMPTY", "WS5");
  assertOk(await alice.post(`/v1/rooms/${room}/close`));
  assert.deepEqual(assertOk(await alice.delete(`/v1/workspaces/${id}`)).data, { id, deleted: true });
});

test("WS2 a viewer sees a workspace's members and changes nothing", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const { id } = assertOk(await alice.post("/v1/workspaces", { name: "Team" })).data;
  const added = await alice.post(`/v1/workspaces/${id}/members`, { participant_id: bob.id, role: "viewer" });
  assert.equal(added.status, 201);
  assert.equal(assertOk(await bob.get(`/v1/workspaces/${id}/members?limit=1`)).meta.total, 2);
  assertRefused(await bob.patch(`/v1/workspaces/${id}`, { name: "Mine" }), 403, "SW_WORKSPACE_FORBIDDEN", "WS2");
  assertRefused(
    await bob.patch(`/v1/workspaces/${id}/members/${bob.id}`, { role: "owner" }),
    403,
    "SW_WORKSPACE_FORBIDDEN",
    "WS2",
  );
  assertOk(await bob.delete(`/v1/workspaces/${id}/members/${bob.id}`));
  assertRefused(await bob.get(`/v1/workspaces/${id}`), 404, "SW_WORKSPACE_NOT_FOUND");
});
