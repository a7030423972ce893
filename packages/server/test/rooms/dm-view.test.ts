import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

test("DM6 a direct room has no name, workspace or alias; each side sees the other in dm_with", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const opened = (await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  const sides: [Person, Person][] = [
    [alice, bob],
    [bob, alice],
  ];
  for (const [viewer, other] of sides) {
    const seen = assertOk(await viewer.get(`/v1/rooms/${opened.id}`)).data;
    const { name, workspace_id, room_alias, room_type, is_public, scope_kind, members_count, creator_id } = seen;
    assert.deepEqual(
      [name, workspace_id, room_alias, room_type, is_public, scope_kind],
      [null, null, null, "dm", false, null],
    );
    assert.deepEqual([members_count, creator_id], [2, alice.id]);
    assert.deepEqual(seen.dm_with, {
      id: other.id,
      local_id: other.name,
      server_name: "dev.localhost",
      fqid: `@${other.name}:dev.localhost`,
      display_name: other.name,
      participant_type: "human",
      avatar_url: null,
    });
    assert.equal(seen.me.notification_mode, "all");
    const listed = assertOk(await viewer.get("/v1/directory/rooms")).data;
    assert.deepEqual(listed, [seen]);
  }
  assert.equal(opened.dm_with.id, bob.id);
});

test("DM6 dm_with follows the other's display name, and a group has none", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const { id } = (await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  assertOk(await bob.put("/v1/me", { display_name: "Robert" }));
  assert.equal(assertOk(await alice.get(`/v1/rooms/${id}`)).data.dm_with.display_name, "Robert");
  const group = await alice.roomWith([bob]);
  assert.equal("dm_with" in assertOk(await alice.get(`/v1/rooms/${group}`)).data, false);
});

test("DM6 nothing is unread on the other side before the first message, and one is after it", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const { id } = (await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  assert.deepEqual(assertOk(await bob.get("/v1/rooms/unread")).data.rooms, []);
  await alice.say(id, "hello");
  assert.deepEqual(assertOk(await bob.get("/v1/rooms/unread")).data.rooms, [
    { room_id: id, unread_count: 1, mention_count: 0, muted: false },
  ]);
  assert.deepEqual(assertOk(await alice.get("/v1/rooms/unread")).data.rooms, []);
});
