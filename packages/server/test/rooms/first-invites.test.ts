import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { invited, joined } from "../members/expected.ts";
import { makeBot } from "../members/bots.ts";
import { foreigner, openStage } from "../support/stage.ts";

const NOT_FOUND = { code: "SW_PARTICIPANT_NOT_FOUND", message: "There is no such participant." };

test("MB1 initial invites are decided each on its own; the refused are told and fail nothing", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const eve = await foreigner(server, "eve");
  const asked = [bob.id, "prt-none", alice.id, carol.id, eve.id, bob.id];
  const { status, data, meta } = await alice.post("/v1/rooms", { room_type: "group", name: "A", invite: asked });
  assert.equal(status, 201);
  assert.deepEqual(meta.invites, [
    { participant_id: bob.id, membership: "invite" },
    { participant_id: "prt-none", error: NOT_FOUND },
    { participant_id: alice.id, error: { code: "SW_REQUEST_INVALID", message: "The creator is in the room already." } },
    { participant_id: carol.id, membership: "invite" },
    { participant_id: eve.id, error: NOT_FOUND },
  ]);
  assert.deepEqual([data.members_count, data.head], [1, 5]);
  const added = (await alice.history(data.id)).slice(3).map((event) => [event.sender_id, event.content]);
  const expected = [invited(bob, alice), invited(carol, alice)];
  assert.deepEqual(
    added,
    expected.map(({ sender, content }) => [sender!.id, content]),
  );
  for (const who of [bob, carol]) {
    const seen = assertOk(await who.get(`/v1/rooms/${data.id}`)).data;
    assert.deepEqual([seen.me.membership, seen.invited_by], ["invite", alice.id]);
  }
});

test("AP2 an initial invite of another tenant's person says what it says of an unknown one", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const eve = await foreigner(server, "eve");
  const invite = async (id: string): Promise<object> => {
    const { status, meta } = await alice.post("/v1/rooms", { room_type: "incognito", invite: [id] });
    const [{ participant_id, ...outcome }] = meta.invites as [{ participant_id: string }];
    assert.deepEqual([status, participant_id], [201, id]);
    return outcome;
  };
  for (const id of [eve.id, " ", "../", "\0", alice.id.toUpperCase(), "x".repeat(255), "__proto__"]) {
    assert.deepEqual(await invite(id), { error: NOT_FOUND }, id);
  }
});

test("MB5 a bot that accepts invites at once is joined by an initial one", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const bot = await makeBot(server, "clerk", { autoJoin: true });
  const { data, meta } = await alice.post("/v1/rooms", { room_type: "group", name: "A", invite: [bot.id] });
  assert.deepEqual(meta.invites, [{ participant_id: bot.id, membership: "join" }]);
  assert.deepEqual([data.members_count, data.head], [2, 5]);
  const added = (await alice.history(data.id)).slice(3).map((event) => [event.sender_id, event.content]);
  assert.deepEqual(
    added,
    [invited(bot, alice), joined(bot)].map(({ sender, content }) => [sender!.id, content]),
  );
});

test("MB18 initial invites stop where the room is full", async (t) => {
  const { server, alice, bob, carol, dave } = await openStage(t, ["alice", "bob", "carol", "dave"]);
  await server.setLimits({ max_participants: 3 });
  const { status, meta } = await alice.post("/v1/rooms", {
    room_type: "group",
    name: "A",
    invite: [bob.id, carol.id, dave.id],
  });
  assert.equal(status, 201);
  assert.deepEqual(
    (meta.invites as { membership?: string; error?: { code: string } }[]).map(
      ({ membership, error }) => membership ?? error?.code,
    ),
    ["invite", "invite", "SW_ROOM_CAPACITY"],
  );
});
