import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Person } from "@stairwell/testing";
import { conversationFile, talk } from "../replay/conversation.ts";
import { stairwell } from "../command-line.ts";
import { launchDemo, newFolder } from "./launch-demo.ts";

test("the demo looks alive to whoever signs in", async (t) => {
  const folder = newFolder(t);
  const demo = await launchDemo(t, "--data", folder);
  const { url, people } = demo.welcome;
  assert.deepEqual(
    people.map(({ credential }) => credential),
    ["dev-ada", "dev-ben", "dev-chika", "dev-dario", "dev-elif", "dev-frida"],
  );
  const ada = await new Person(url, "ada", "dev-ada").signIn();
  assert.equal(ada.me.display_name, "Ada Okafor");
  assert.equal(ada.me.tenant.name, "Kettle Weather");

  const [forAda] = people;
  assert.ok(forAda!.unread > 10 && forAda!.mentions > 2 && forAda!.invites === 2, JSON.stringify(forAda));
  const rooms = (await ada.get("/v1/directory/rooms?limit=200")).data as {
    name: string;
    room_type: string;
    id: string;
    me?: { membership: string };
  }[];
  assert.deepEqual(new Set(rooms.map(({ room_type }) => room_type)), new Set(["public", "group", "incognito", "dm"]));
  assert.deepEqual(
    rooms
      .filter(({ me }) => me?.membership === "invite")
      .map(({ name }) => name)
      .sort(),
    ["Book club", "Choir for Friday"],
  );
  assert.deepEqual(
    (await ada.get("/v1/rooms/archived")).data.map(({ name }: { name: string }) => name),
    ["Release 3.1"],
  );
  assert.ok((await ada.get("/v1/workspaces")).data.some(({ name }: { name: string }) => name === "Kettle"));

  assert.ok(!rooms.some(({ name }) => name === "Ten years of Ada"), "Ada must not know");
  const ben = new Person(url, "ben", "dev-ben");
  const bens = (await ben.get("/v1/directory/rooms?limit=200")).data as { name: string }[];
  assert.ok(bens.some(({ name }) => name === "Ten years of Ada"));

  const release = await ada.history(rooms.find(({ name }) => name === "Release 3.2")!.id);
  const times = release.map(({ created_at }) => Date.parse(created_at));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(Date.now() - times[0]! > 24 * 3600_000, "the talk began more than a day ago");
  assert.ok(times.at(-1)! <= Date.now());
  assert.ok(release.some(({ content }) => content.msgtype === "swp.code"));
  assert.equal(await demo.stop(), 0);
});

test("Porter answers who mentions it, and a demo that is started again goes on", async (t) => {
  const folder = newFolder(t);
  const first = await launchDemo(t, "--data", folder);
  assert.match(first.messages(), /Making the demo/);
  const { lobby_id: lobby, bot_id: porter } = first.welcome;
  const ada = new Person(first.welcome.url, "ada", "dev-ada");
  const asked = await ada.say(lobby, "@Porter roll 2d6", { mentions: [porter] });
  const answer = await answerTo(ada, lobby, asked.id);
  assert.equal(answer.sender_id, porter);
  assert.match(answer.content.body, /^[1-6] \+ [1-6] = \d+$/);
  const before = await ada.history(lobby);
  assert.equal(await first.stop(), 0);

  const second = await launchDemo(t, "--data", folder);
  assert.doesNotMatch(second.messages(), /Making the demo/);
  assert.equal(second.welcome.lobby_id, lobby);
  const adaAgain = new Person(second.welcome.url, "ada", "dev-ada");
  assert.deepEqual(await adaAgain.history(lobby), before);
  const again = await adaAgain.say(lobby, "@Porter count", { mentions: [porter] });
  assert.match((await answerTo(adaAgain, lobby, again.id)).content.body, /^8 members, and \d+ entries in the log\.$/);
  const bot = new Person(second.welcome.url, "porter", "dev-porter");
  assert.deepEqual(
    (await bot.get("/v1/me/tokens")).data.map(({ name }: { name: string }) => name),
    ["demo bot"],
  );
  assert.equal(await second.stop(), 0);
});

test("a demo with a conversation has a room with it, and its people are nobody of the company", async (t) => {
  const folder = newFolder(t);
  const lines = talk();
  // Somebody called as one of the company, and as its bot.
  lines.push(JSON.stringify({ id: "more:1", type: "message", nick: "ada", text: "I am another Ada" }));
  lines.push(JSON.stringify({ id: "more:2", type: "message", nick: "porter", text: "ada: and I no bot" }));
  const demo = await launchDemo(t, "--data", folder, "--conversation", conversationFile(t, lines));
  const ada = await new Person(demo.welcome.url, "ada", "dev-ada").signIn();
  assert.equal(ada.me.display_name, "Ada Okafor");
  const rooms = (await ada.get("/v1/directory/rooms?q=talk")).data as {
    id: string;
    name: string;
    me: { unread_count: number };
  }[];
  const room = rooms.find(({ name }) => name === "talk")!;
  assert.ok(room.me.unread_count > 5 && room.me.unread_count < 40, `${room.me.unread_count}`);
  const said = (await ada.history(room.id))
    .filter(({ content }) => content.msgtype !== undefined)
    .map(({ content }) => content.body);
  const texts = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "message" || type === "action");
  assert.deepEqual(
    said,
    texts.map(({ text }) => text),
  );
  assert.equal(await demo.stop(), 0);
});

test("a demo without a folder leaves nothing behind", async (t) => {
  const demo = await launchDemo(t);
  const { data } = demo.welcome;
  assert.ok(existsSync(join(data, "stairwell.db")));
  assert.equal(await demo.stop(), 0);
  assert.ok(!existsSync(data));
});

test("a folder with something else in it is refused and left as it is", async (t) => {
  const folder = newFolder(t);
  mkdirSync(folder);
  writeFileSync(join(folder, "stairwell.db"), "mine");
  const { code, messages } = await stairwell("demo", "--data", folder);
  assert.equal(code, 2);
  assert.match(messages, /is not empty and holds no demo/);
  assert.deepEqual(readdirSync(folder), ["stairwell.db"]);
});

test("a demo whose conversation has a bad line is not made", async (t) => {
  const folder = newFolder(t);
  const { code, messages } = await stairwell(
    "demo",
    "--data",
    folder,
    "--conversation",
    conversationFile(t, ["nonsense"]),
  );
  assert.equal(code, 1);
  assert.match(messages, /line 1 of .* is not JSON/);
  assert.ok(!existsSync(folder) && !existsSync(`${folder}.making`));
});

/** Waits for the message that replies to one. */
async function answerTo(person: Person, roomId: string, eventId: string) {
  for (;;) {
    const { data } = await person.get(`/v1/rooms/${roomId}/messages?limit=5`);
    const answer = data.find(
      ({ content }: { content: { reply_to_event_id?: string } }) => content.reply_to_event_id === eventId,
    );
    if (answer !== undefined) return answer;
  }
}
