import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { invited, joined, removed } from "./expected.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

for (const participantType of ["bot", "agent"] as const) {
  test(`MB5 an invite of an eager ${participantType} yields its own join as well`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob] = await server.people("alice", "bob");
    const eager = await makeBot(server, "eager", { participantType, autoJoin: true });
    const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
    const invite = () => bob.post(room.path("/invite"), { participant_id: eager.id });
    const answer = await room.appends(invite, invited(eager, bob), joined(eager));
    assert.deepEqual([answer.data.membership, answer.data.power_level, answer.data.invited_by], ["join", 0, bob.id]);
    assert.deepEqual((await room.counts()).row, { joined: 3, invited: 0 });
    assertOk(await eager.post(room.path("/send"), { content: { body: "At your service." } }));
    await room.changesNothing(invite);

    const kick = () => alice.post(room.path("/kick"), { participant_id: eager.id });
    await room.appends(kick, removed(eager, alice, "kicked"));
    await room.appends(invite, invited(eager, bob), joined(eager));
    assertOk(await alice.post(room.path("/ban"), { participant_id: eager.id }));
    await room.refuses(invite, 403, "SW_ROOM_FORBIDDEN", "MB2");
  });
}

test("MB5 a bot that did not opt for it stays invited, and opts by its own preferences", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const bot = await makeBot(server, "calm");
  const room = new RoomUnderTest(server, await alice.roomWith([]), alice);
  const invite = (to: RoomUnderTest) => () => alice.post(to.path("/invite"), { participant_id: bot.id });
  await room.appends(invite(room), invited(bot, alice));
  assertOk(await bot.put("/v1/me/preferences", { auto_join: true }));
  await room.changesNothing(invite(room));
  await room.appends(() => bot.post(room.path("/join")), joined(bot));

  const next = new RoomUnderTest(server, await alice.roomWith([]), alice);
  await next.appends(invite(next), invited(bot, alice), joined(bot));
  assertOk(await bot.put("/v1/me/preferences", { auto_join: false }));
  const last = new RoomUnderTest(server, await alice.roomWith([]), alice);
  await last.appends(invite(last), invited(bot, alice));
});

test("MB5 an eager bot invited at the making of a room is joined in it, and takes one seat", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const eager = await makeBot(server, "eager", { autoJoin: true });
  await server.setLimits({ max_participants: 2 });
  const made = assertOk(
    await alice.post("/v1/rooms", { room_type: "group", name: "A room", invite: [eager.id, bob.id] }),
  );
  const [first, second] = made.meta.invites as {
    participant_id: string;
    membership?: string;
    error?: { code: string };
  }[];
  assert.deepEqual(first, { participant_id: eager.id, membership: "join" });
  assert.deepEqual([second!.participant_id, second!.error!.code], [bob.id, "SW_ROOM_CAPACITY"]);
  assert.equal(made.data.members_count, 2);
  const history = await alice.history(made.data.id);
  assert.deepEqual(
    history.slice(-2).map(({ sender_id, content }) => [sender_id, content]),
    [invited(eager, alice), joined(eager)].map(({ sender, content }) => [sender!.id, content]),
  );
});
