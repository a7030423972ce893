import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { type Expected } from "../members/expected.ts";
import { givePower, RoomUnderTest } from "../members/room-under-test.ts";
import { foreigner, openStage } from "../support/stage.ts";

const moved = (workspace_id: string, sender: Person): Expected => ({
  event_type: "swp.room.workspace",
  sender,
  content: { workspace_id },
});

const workspaceOf = async (owner: Person, ...members: [Person, string][]): Promise<string> => {
  const { id } = assertOk(await owner.post("/v1/workspaces", { name: "Ours" })).data;
  for (const [{ id: participant_id }, role] of members) {
    assertOk(await owner.post(`/v1/workspaces/${id}/members`, { participant_id, role }));
  }
  return id as string;
};

async function roomOf(t: TestContext) {
  const stage = await openStage(t, ["alice", "bob", "carol"]);
  const id = await stage.alice.roomWith([stage.bob]);
  const room = new RoomUnderTest(stage.server, id, stage.alice);
  const move = (who: Person, workspace_id: unknown) => () => who.put(room.path("/workspace"), { workspace_id });
  return { ...stage, room, move };
}

test("LC7 an admin of the room who is editor or owner over there moves it, once", async (t) => {
  const { alice, bob, room, move } = await roomOf(t);
  const own = await workspaceOf(alice, [bob, "viewer"]);
  const edited = await workspaceOf(bob, [alice, "editor"]);
  for (const to of [own, edited, alice.me.personal_workspace_id as string]) {
    const answer = await room.appends(move(alice, to), moved(to, alice));
    assert.equal(answer.data.workspace_id, to);
    await room.changesNothing(move(alice, to));
    assert.equal(assertOk(await bob.get(room.path())).data.workspace_id, to);
  }
});

test("LC7 a moved room counts where it went, in the directory and for the workspace's end", async (t) => {
  const { alice, room, move } = await roomOf(t);
  const to = await workspaceOf(alice);
  const roomsIn = async () => assertOk(await alice.get(`/v1/directory/rooms?workspace_id=${to}`)).data.length as number;
  assert.equal(await roomsIn(), 0);
  assertOk(await move(alice, to)());
  assert.equal(await roomsIn(), 1);
  assert.equal(assertOk(await alice.get(`/v1/workspaces/${to}`)).data.rooms_count, 1);
  assert.equal((await alice.delete(`/v1/workspaces/${to}`)).error.code, "SW_WORKSPACE_NOT_EMPTY");
  assertOk(await move(alice, alice.me.personal_workspace_id)());
  assertOk(await alice.delete(`/v1/workspaces/${to}`));
  await room.refuses(move(alice, to), 404, "SW_WORKSPACE_NOT_FOUND");
});

test("LC7 it needs power 100, whatever one is in the workspace; the creator has no more right than others", async (t) => {
  const { alice, bob, room, move } = await roomOf(t);
  const to = await workspaceOf(bob, [alice, "owner"]);
  for (const level of [0, 50, 99]) {
    await givePower(alice, room, bob, level);
    await room.refuses(move(bob, to), 403, "SW_ROOM_FORBIDDEN", "LC7", { needed: 100, actual: level });
  }
  await givePower(alice, room, bob, 100);
  await givePower(alice, room, alice, 50);
  await room.refuses(move(alice, to), 403, "SW_ROOM_FORBIDDEN", "LC7", { needed: 100, actual: 50 });
  await room.appends(move(bob, to), moved(to, bob));
});

test("LC7 WS1 a workspace the caller is no member of is unknown, another tenant's too; a viewer is refused", async (t) => {
  const { server, alice, bob, carol, room, move } = await roomOf(t);
  const eve = await foreigner(server, "eve");
  const hidden = [carol.me.personal_workspace_id, eve.me.personal_workspace_id, "ws-nothing", "x", "../etc"];
  const unknown = await room.refuses(move(alice, "ws-unknown"), 404, "SW_WORKSPACE_NOT_FOUND");
  for (const to of hidden) {
    const { error } = await room.refuses(move(alice, to), 404, "SW_WORKSPACE_NOT_FOUND");
    assert.deepEqual(Object.keys(error), Object.keys(unknown.error));
  }
  const viewed = await workspaceOf(bob, [alice, "viewer"]);
  await room.refuses(move(alice, viewed), 403, "SW_WORKSPACE_FORBIDDEN", "LC7");
  const left = await workspaceOf(bob, [alice, "owner"]);
  assertOk(await alice.delete(`/v1/workspaces/${left}/members/${alice.id}`));
  await room.refuses(move(alice, left), 404, "SW_WORKSPACE_NOT_FOUND");
});

test("AP1 LC7 the room is looked at before the workspace, and the workspace before what holds already", async (t) => {
  const { alice, bob, carol, room, move } = await roomOf(t);
  const to = await workspaceOf(carol);
  for (const body of [{}, { workspace_id: "" }, { workspace_id: null }, { workspace_id: to, more: 1 }]) {
    await room.refuses(() => carol.put(room.path("/workspace"), body), 400, "SW_REQUEST_INVALID");
  }
  await room.refuses(move(carol, to), 404, "SW_ROOM_NOT_FOUND");
  await room.refuses(move(bob, "ws-unknown"), 403, "SW_ROOM_FORBIDDEN", "LC7", { needed: 100, actual: 0 });
  // Where it is already, for one who lost their role there.
  const shared = await workspaceOf(bob, [alice, "editor"]);
  assertOk(await move(alice, shared)());
  assertOk(await bob.patch(`/v1/workspaces/${shared}/members/${alice.id}`, { role: "viewer" }));
  await room.refuses(move(alice, shared), 403, "SW_WORKSPACE_FORBIDDEN", "LC7");
  for (const verb of ["archive", "close"]) {
    assertOk(await alice.post(room.path(`/${verb}`)));
    for (const who of [alice, bob]) await room.refuses(move(who, "ws-unknown"), 409, "SW_ROOM_FROZEN", "LC1");
  }
});

test("DM3 a direct room lives in no workspace and moves to none", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const { data } = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id }));
  const room = new RoomUnderTest(server, data.id, alice);
  const workspace_id = alice.me.personal_workspace_id as string;
  const move = () => alice.put(room.path("/workspace"), { workspace_id });
  await room.refuses(move, 400, "SW_ROOM_TYPE_INVARIANT", "DM3");
  assertOk(await alice.post(room.path("/archive")));
  await room.refuses(move, 400, "SW_ROOM_TYPE_INVARIANT", "DM3");
});
