import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";

test("BU10 an imported room has its importer as creator and only member, and its history after its own beginning", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob], { name: "Kitchen", topic: "Who cooks?" });
  const said = await bob.say(room, "hello", { mentions: [alice.id] });
  await alice.say(room, "hi", { reply_to_event_id: said.id });
  assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/reaction`, { emoji: "👍" }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${said.id}/edit`, { content: { body: "hello there" } }));
  const gone = await bob.say(room, "oops");
  assertOk(await bob.post(`/v1/rooms/${room}/events/${gone.id}/redact`, {}));
  const { bytes } = await exported(t, bob, room);
  const [carol] = await server.people("carol");
  const dry = assertOk(await importing(carol, bytes, { dry_run: "true" }));
  assert.deepEqual([dry.status, dry.data], [200, null]);
  const made = assertOk(await importing(carol, bytes));
  assert.equal(made.status, 201);
  assert.deepEqual(made.meta, dry.meta);
  assert.deepEqual(
    [made.data.name, made.data.topic, made.data.room_type, made.data.members_count, made.data.me.power_level],
    ["Kitchen", "Who cooks?", "group", 1, 100],
  );
  assert.equal(made.data.me.unread_count, 0);
  const items = assertOk(await carol.get(`/v1/rooms/${made.data.id}/messages?limit=200&direction=forward`)).data;
  const types = items.map((item: { event_type: string }) => item.event_type);
  assert.deepEqual(types.slice(0, 4), ["swp.room.create", "swp.room.member", "swp.room.workspace", "swp.room.import"]);
  const messages = items.filter((item: { event_type: string }) => item.event_type === "swp.room.message");
  assert.deepEqual(
    messages.map(({ content }: { content: { body: string } | null }) => content?.body),
    ["hello there", "hi", undefined],
  );
  assert.deepEqual(messages[0].reactions, [{ emoji: "👍", count: 1, me: false }]);
  assert.equal(messages[0].reply_count, 1);
  assert.equal(messages[1].content.reply_to_event_id, messages[0].id);
  assert.equal(messages[0].sender_id, null);
  assert.deepEqual(messages[0].content._imported_sender, {
    fqid: bob.me.fqid,
    display_name: bob.me.display_name,
    participant_type: "human",
  });
  assert.equal(messages[0].origin_ts, said.origin_ts);
  assert.notEqual(messages[2].redacted_at, null);
  assertRefused(await alice.get(`/v1/rooms/${made.data.id}`), 404, "SW_ROOM_NOT_FOUND");
  const own = `/v1/rooms/${made.data.id}/events/${messages[0].id}`;
  assertRefused(await carol.post(`${own}/edit`, { content: { body: "x" } }), 403, "SW_EDIT_FORBIDDEN");
  assertOk(await carol.post(`${own}/redact`, {}));
});
