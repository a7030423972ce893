import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, StreamClient, TestServer } from "@stairwell/testing";
import { makeBot } from "../members/bots.ts";
import { assertSame } from "./world.ts";

test("ST6 PL4 a stream sends on behalf as REST does, with its checks and codes, and everybody sees who did", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const bot = await makeBot(server, "robo");
  const room = await alice.roomWith([bob, bot]);
  const [stream, other] = [await StreamClient.open(t, alice), await StreamClient.open(t, bob)];
  const send = { type: "send", room_id: room, content: { body: "Done." }, as_participant_id: bot.id };
  const { event } = await stream.ask(send);
  assert.deepEqual([event.sender_id, event.acted_by_id], [bot.id, alice.id]);
  const item = (await bob.history(room)).at(-1);
  assert.deepEqual(item, event);
  const refused = await other.ask(send);
  assert.deepEqual([refused.error.code, refused.error.rule, refused.error.needed], ["SW_ROOM_FORBIDDEN", "PL4", 100]);
  await other.settled();
  assert.equal(other.events.length, 1);
  assertSame(other.events[0]!, item);
});

test("RD4 of what was sent on behalf neither the bot nor who sent it is told", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const bot = await makeBot(server, "robo");
  const room = await alice.roomWith([bob, bot]);
  const people = [alice, bob, bot];
  for (const who of people) assertOk(await who.put(`/v1/rooms/${room}/notification-mode`, { mode: "all" }));
  const streams = [];
  for (const who of people) streams.push(await StreamClient.open(t, who));
  const content = { body: "Done.", mentions: people.map(({ id }) => id) };
  const sent = assertOk(await alice.post(`/v1/rooms/${room}/send`, { content, as_participant_id: bot.id }));
  const told = [];
  for (const stream of streams) {
    await stream.settled();
    told.push(stream.frames.filter(({ type }) => type === "notification").map(({ event_id }) => event_id as string));
  }
  assert.deepEqual(told, [[], [sent.data.id], []]);
});
