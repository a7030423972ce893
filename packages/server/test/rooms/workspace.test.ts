import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { foreigner, openStage, unchanged } from "../support/stage.ts";

const group = (who: Person, workspace_id?: string) =>
  who.post("/v1/rooms", {
    room_type: "group",
    name: "A room",
    ...(workspace_id === undefined ? {} : { workspace_id }),
  });

test("WS2 making a room in a workspace needs editor there", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const shared = assertOk(await alice.post("/v1/workspaces", { name: "Ours" })).data.id as string;
  assertOk(await alice.post(`/v1/workspaces/${shared}/members`, { participant_id: bob.id, role: "viewer" }));
  assertRefused(await unchanged(server, () => group(bob, shared)), 403, "SW_WORKSPACE_FORBIDDEN");
  for (const role of ["editor", "owner"]) {
    assertOk(await alice.patch(`/v1/workspaces/${shared}/members/${bob.id}`, { role }));
    const made = await group(bob, shared);
    assert.deepEqual([made.status, made.data.workspace_id], [201, shared]);
  }
  assert.equal(assertOk(await bob.get(`/v1/workspaces/${shared}`)).data.rooms_count, 2);
});

test("WS1 a workspace of others, or of another tenant, is unknown to who makes a room", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const eve = await foreigner(server, "eve");
  for (const workspace of ["ws-none", bob.me.personal_workspace_id, eve.me.personal_workspace_id]) {
    assertRefused(await unchanged(server, () => group(alice, workspace)), 404, "SW_WORKSPACE_NOT_FOUND");
  }
});

test("WS1 a room is in its maker's personal workspace unless another is named, whoever joins it", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const made = (await group(alice)).data;
  assert.equal(made.workspace_id, alice.me.personal_workspace_id);
  assertOk(await alice.post(`/v1/rooms/${made.id}/invite`, { participant_id: bob.id }));
  assertOk(await bob.post(`/v1/rooms/${made.id}/join`));
  assert.equal(assertOk(await bob.get(`/v1/rooms/${made.id}`)).data.workspace_id, alice.me.personal_workspace_id);
  assert.equal(assertOk(await alice.get(`/v1/workspaces/${made.workspace_id}`)).data.rooms_count, 1);
  assert.equal(assertOk(await bob.get(`/v1/workspaces/${bob.me.personal_workspace_id}`)).data.rooms_count, 0);
});
