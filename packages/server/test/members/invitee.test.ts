import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { joined } from "./expected.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

const KINDS = {
  "a group": {},
  "a public room": { room_type: "public" },
  "an incognito room": { room_type: "incognito", name: "Hush" },
  "an incognito group": { scope_kind: "incognito" },
};

for (const [kind, body] of Object.entries(KINDS)) {
  test(`MB4 somebody invited to ${kind} sees what it is, cannot look inside, and can join`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob, carol] = await server.people("alice", "bob", "carol");
    const room = new RoomUnderTest(server, await alice.roomWith([carol], { topic: "Plans", ...body }), alice);
    const said = await alice.say(room.id, "Before the invite.");
    assertOk(await carol.post(room.path("/invite"), { participant_id: bob.id }));

    const full = (await alice.get(room.path())).data;
    const seen = assertOk(await bob.get(room.path())).data;
    for (const key of ["name", "topic", "room_type", "room_alias", "members_count"])
      assert.deepEqual(seen[key], full[key], key);
    assert.equal(seen.members_count, 2);
    assert.equal(seen.invited_by, carol.id);
    assert.equal(seen.me.membership, "invite");
    assert.deepEqual(
      Object.entries(seen.me.can).filter(([, may]) => may),
      [],
    );
    const listed = assertOk(await bob.get("/v1/directory/rooms?membership=invite")).data;
    assert.deepEqual(
      listed.map(({ id }: { id: string }) => id),
      [room.id],
    );

    for (const path of [
      "/members",
      "/members?membership=invite",
      "/members?membership=ban",
      "/messages",
      `/events/${said.id}`,
      "/state",
    ]) {
      await room.refuses(() => bob.get(room.path(path)), 403, "SW_ROOM_FORBIDDEN", "MB4");
    }
    await room.refuses(
      () => bob.post(room.path("/send"), { content: { body: "Hello?" } }),
      403,
      "SW_ROOM_FORBIDDEN",
      "MB4",
    );
    await room.refuses(() => bob.put(room.path("/read"), { event_id: said.id }), 403, "SW_ROOM_FORBIDDEN");

    const answer = await room.appends(() => bob.post(room.path("/join")), joined(bob));
    assert.deepEqual([answer.data.membership, answer.data.invited_by], ["join", carol.id]);
    assert.equal(
      (await bob.history(room.id)).some(({ id }) => id === said.id),
      true,
    );
    assert.equal("invited_by" in assertOk(await bob.get(room.path())).data, false);
  });
}

const TOLD = ["id", "room_alias", "room_type", "scope_kind", "name", "topic", "is_public", "state", "members_count"];
const WITHHELD = ["workspace_id", "creator_id", "federated", "hub", "head", "created_at", "archived_at", "closed_at"];

test("MB4 an invitee is told what the room is and who asks them in, and nothing of what goes on in it", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const workspace = alice.me.personal_workspace_id as string;
  const room = new RoomUnderTest(server, await alice.roomWith([], { topic: "Plans", invite: [bob.id] }), alice);
  const full = Object.keys(assertOk(await alice.get(room.path())).data);
  assert.deepEqual(full.toSorted(), [...TOLD, ...WITHHELD, "me"].toSorted());

  const views = async () => {
    const { room_alias } = assertOk(await alice.get(room.path())).data;
    const listed = assertOk(await bob.get("/v1/directory/rooms?membership=invite")).data as object[];
    const byAlias = assertOk(await bob.get(`/v1/directory/alias/${encodeURIComponent(room_alias)}`)).data as object;
    return [assertOk(await bob.get(room.path())).data as object, byAlias, ...listed];
  };
  const seen = await views();
  assert.equal(seen.length, 3);
  for (const view of seen) assert.deepEqual(Object.keys(view).toSorted(), [...TOLD, "invited_by", "me"].toSorted());

  const inWorkspace = async () => assertOk(await bob.get(`/v1/directory/rooms?workspace_id=${workspace}`)).data.length;
  assertOk(await alice.post(`/v1/workspaces/${workspace}/members`, { participant_id: bob.id, role: "viewer" }));
  assert.equal(await inWorkspace(), 0, "no filter tells where it is");
  assert.equal(assertOk(await bob.get(`/v1/workspaces/${workspace}`)).data.rooms_count, 0);

  // What everybody of the tenant sees, an invite hides from nobody.
  assertOk(await alice.patch(room.path(), { is_public: true }));
  for (const view of await views()) {
    assert.deepEqual(Object.keys(view).toSorted(), [...TOLD, ...WITHHELD, "invited_by", "me"].toSorted());
  }
  assert.deepEqual(
    [await inWorkspace(), assertOk(await bob.get(`/v1/workspaces/${workspace}`)).data.rooms_count],
    [1, 1],
  );
});

test("MB4 an invite does not open a frozen room", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([], { invite: [bob.id] }), alice);
  for (const verb of ["archive", "close"]) {
    assertOk(await alice.post(room.path(`/${verb}`)));
    await room.refuses(() => bob.post(room.path("/join")), 409, "SW_ROOM_FROZEN", "LC1");
    assert.equal(assertOk(await bob.get(room.path())).data.me.membership, "invite");
  }
});
