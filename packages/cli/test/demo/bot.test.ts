import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { StairwellClient } from "@stairwell/client";
import { openControl } from "@stairwell/server";
import { assertOk, TestServer } from "@stairwell/testing";
import { answerIn } from "../../src/demo/bot/answer-in.ts";
import { mentionedIn } from "../../src/demo/seed/stage.ts";

async function serverWithBot(t: TestContext) {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const control = await openControl(server.data);
  const made = { tenant: "dev", local_id: "porter", participant_type: "bot", auto_join: true } as const;
  const { id } = await control.run("participant.create", made);
  const { token } = await control.run("token.create", { tenant: "dev", local_id: "porter" });
  const client = new StairwellClient({ baseUrl: server.url, token });
  const look = (roomId: string): Promise<void> => answerIn(client, id, roomId, new AbortController().signal);
  const room = assertOk(await alice.post("/v1/rooms", { room_type: "group", name: "A room", invite: [id] })).data
    .id as string;
  return { server, alice, id, room, look };
}

test("the bot answers a mention once, as a reply, and nothing else", async (t) => {
  const { alice, id, room, look } = await serverWithBot(t);
  await alice.say(room, "Porter help, without a mention");
  const asked = await alice.say(room, "@Porter help", { mentions: [id] });
  await look(room);
  await look(room);
  const answers = (await alice.history(room)).filter(
    ({ sender_id, content }) => sender_id === id && content.body !== undefined,
  );
  assert.deepEqual(
    answers.map(({ content }) => content.reply_to_event_id),
    [asked.id],
  );
  assert.match(answers[0].content.body, /I tell the `time`/);
});

test("the bot answers everything in a direct room", async (t) => {
  const { alice, id, look } = await serverWithBot(t);
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: id })).data.id as string;
  await alice.say(dm, "roll 0d6");
  await alice.say(dm, "hello?");
  await look(dm);
  const said = (await alice.history(dm)).filter(
    ({ sender_id, content }) => sender_id === id && content.body !== undefined,
  );
  assert.deepEqual(
    said.map(({ content }) => content.body),
    ["I have 100 dice, of 2 to 1000 sides.", "I do not know that. Say `help` and I tell what I know."],
  );
});

test("the bot has nothing unread after it looked, and answers what came since", async (t) => {
  const { server, alice, id, room, look } = await serverWithBot(t);
  const bot = server.person("porter");
  await alice.say(room, "nothing for you");
  await look(room);
  assert.deepEqual((await bot.get("/v1/rooms/unread")).data.rooms, []);
  await alice.say(room, "@Porter count", { mentions: [id] });
  assert.equal((await bot.get("/v1/rooms/unread")).data.totals.mention_count, 1);
  await look(room);
  assert.match((await alice.history(room)).at(-1).content.body, /^2 members/);
  assert.deepEqual((await bot.get("/v1/rooms/unread")).data.rooms, []);
});

test("a script mentions by an at sign and a first name", () => {
  assert.deepEqual(mentionedIn("@Ben and @Ada, @Ben: see @room or ada@example.org, @Nobody"), ["ben", "ada", "@room"]);
  assert.deepEqual(mentionedIn("nobody at all"), []);
});
