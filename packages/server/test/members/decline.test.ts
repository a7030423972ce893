import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { removed } from "./expected.ts";
import { memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

for (const verb of [undefined, "archive", "close"] as const) {
  test(`MB6 an invite is declined by leaving, ${verb === undefined ? "in an open room" : `after ${verb} too`}`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob] = await server.people("alice", "bob");
    for (const body of [{}, { room_type: "public" }, { room_type: "incognito" }]) {
      const room = new RoomUnderTest(server, await alice.roomWith([], { ...body, invite: [bob.id] }), alice);
      if (verb !== undefined) assertOk(await alice.post(room.path(`/${verb}`)));
      const decline = () => bob.post(room.path("/leave"), { reason: "No, thanks." });
      // A closed incognito room keeps no more words (DEL2).
      const reason = body.room_type === "incognito" && verb === "close" ? {} : { reason: "No, thanks." };
      const answer = await room.appends(decline, removed(bob, bob, "declined", reason));
      assert.deepEqual(memberIn(answer), {
        participant_id: bob.id,
        membership: "leave",
        power_level: 0,
        invited_by: null,
        cause: "declined",
        reason: reason.reason ?? null,
        ban_expires_at: null,
      });
      assert.deepEqual((await room.counts()).row, { joined: 1, invited: 0 });
      await room.changesNothing(decline);
      assert.deepEqual(assertOk(await bob.get("/v1/directory/rooms?membership=invite")).data, []);
    }
  });
}

test("MB6 an invite outlives its inviter's stay and is declined all the same", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await bob.post(room.path("/invite"), { participant_id: carol.id }));
  assertOk(await bob.post(room.path("/leave")));
  assert.equal(assertOk(await carol.get(room.path())).data.invited_by, bob.id);
  await room.appends(() => carol.post(room.path("/leave")), removed(carol, carol, "declined"));
});

test("MB6 an invite to a room that nobody is in any more is declined", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([], { invite: [bob.id] }), alice);
  assertOk(await alice.post(room.path("/leave")));
  const declined = assertOk(await bob.post(room.path("/leave")));
  assert.deepEqual([declined.data.membership, declined.data.cause], ["leave", "declined"]);
  assert.equal(await room.state(), "archived");
  assert.deepEqual((await room.counts()).row, { joined: 0, invited: 0 });
});
