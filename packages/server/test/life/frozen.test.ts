import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import { left, removed } from "../members/expected.ts";
import { RoomUnderTest, startVerified } from "../members/room-under-test.ts";

const FREEZERS = { archived: "archive", closed: "close" } as const;

/** A room of alice's: bob a member, carol invited, dave banned; frozen so. */
async function frozen(server: TestServer, freezer: string, body: Record<string, unknown> = {}) {
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { ...body, invite: [bob.id, carol.id] }), alice);
  assertOk(await alice.post(room.path("/ban"), { participant_id: dave.id }));
  const said = await alice.say(room.id, "Last words.");
  assertOk(await alice.post(room.path(`/${freezer}`)));
  return { room, alice, bob, carol, dave, erin, said };
}

const KINDS = {
  "a group": {},
  "a public room": { room_type: "public" },
  "an incognito room": { room_type: "incognito" },
};

for (const [state, freezer] of Object.entries(FREEZERS)) {
  for (const [kind, body] of Object.entries(KINDS)) {
    test(`LC1 nothing changes in ${kind} that is ${state}, by any door`, async (t) => {
      const server = await startVerified(t);
      const { room, alice, bob, carol, dave, erin } = await frozen(server, freezer, body);
      const to = (by: Person, verb: string, who?: Person) => () =>
        by.post(room.path(`/${verb}`), who === undefined ? undefined : { participant_id: who.id });
      for (const call of [
        () => alice.post(room.path("/send"), { content: { body: "One more." } }),
        () => bob.post(room.path("/send"), { content: { n: 1 }, event_type: "acme.deploy" }),
        to(alice, "invite", erin),
        to(alice, "invite", bob),
        to(alice, "invite", dave),
        to(alice, "kick", bob),
        to(alice, "kick", carol),
        to(alice, "ban", bob),
        to(alice, "ban", erin),
        to(alice, "unban", dave),
        to(carol, "join"),
        to(bob, "join"),
        () => alice.put(room.path("/name"), { name: "Another" }),
        () => alice.put(room.path("/topic"), { topic: "Another" }),
        () => alice.put(room.path(`/members/${bob.id}/power-level`), { power_level: 50 }),
        // Without the power for it, or naming nobody: the freeze is told first (AP1).
        to(bob, "archive"),
        to(bob, "kick", alice),
        () => bob.put(room.path("/name"), { name: "Another" }),
        () => alice.post(room.path("/invite"), { participant_id: "prt-nobody" }),
      ]) {
        await room.refuses(call, 409, "SW_ROOM_FROZEN", "LC1");
      }
    });
  }

  test(`LC1 a room that is ${state} is still read, left, declined, and marked as read`, async (t) => {
    const server = await startVerified(t);
    const { room, alice, bob, carol, said } = await frozen(server, freezer);
    assert.equal(
      (await bob.history(room.id)).some(({ id }) => id === said.id),
      true,
    );
    assert.equal(assertOk(await bob.get(room.path("/members"))).data.length, 2);
    assert.equal(assertOk(await bob.get(room.path())).data.state, state);
    const read = await room.changesNothing(() => bob.put(room.path("/read"), { event_id: said.id }));
    assert.deepEqual([read.data.last_read_event_id, read.data.unread_count], [said.id, 0]);
    await room.appends(() => carol.post(room.path("/leave")), removed(carol, carol, "declined"));
    await room.appends(() => bob.post(room.path("/leave")), left(bob));
    assert.equal(await room.state(), state);
    assert.equal(assertOk(await alice.get(room.path())).data.members_count, 1);
  });
}

test("LC1 a DM freezes as any room does", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const freezer of Object.values(FREEZERS)) {
    const opened = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id }));
    const room = new RoomUnderTest(server, opened.data.id, alice);
    assertOk(await bob.post(room.path(`/${freezer}`)));
    for (const who of [alice, bob]) {
      const send = () => who.post(room.path("/send"), { content: { body: "Hello?" } });
      await room.refuses(send, 409, "SW_ROOM_FROZEN", "LC1");
      await room.refuses(() => who.put(room.path("/topic"), { topic: "Us" }), 409, "SW_ROOM_FROZEN", "LC1");
    }
  }
});
