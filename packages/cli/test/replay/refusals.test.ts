import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertOk, TestServer } from "@stairwell/testing";
import { conversationFile, talk } from "./conversation.ts";
import { meddlingFetch, playInto } from "./play.ts";
import { stairwell } from "../command-line.ts";

test("a room into which somebody else spoke is told as different, and nothing more is sent", async (t) => {
  const server = await TestServer.start(t);
  const { room } = await playInto(t, server, talk().slice(0, 30));
  const stranger = await server.person("stranger", "replay").signIn();
  assertOk(await stranger.post(`/v1/rooms/${room.id}/join`));
  await stranger.say(room.id, "may I?");
  const report = await playInto(t, server, talk());
  assert.equal(report.outcome, "different");
  assert.equal(report.lines_done, 30);
  assert.match(
    report.differences.first.join("\n"),
    /this swp\.room\.member is not of the file\n.*this swp\.room\.message is not of the file/,
  );
  assert.equal((await stranger.history(room.id)).length, report.events_in_room);
});

const TAMPERINGS: readonly [what: string, sql: string, told: RegExp][] = [
  [
    "a text",
    `UPDATE events SET content = replace(content, 'since six', 'since seven') WHERE content LIKE '%since six%'`,
    /line 3 \(position \d+\): content\.body is "Maja: I am, since seven" and should be "Maja: I am, since six"/,
  ],
  [
    "a trailing space",
    `UPDATE events SET content = replace(content, 'dust  ', 'dust ') WHERE content LIKE '%under the dust%'`,
    /line 9 .*content\.body/,
  ],
  [
    "a message type",
    `UPDATE events SET content = replace(content, 'swp.emote', 'swp.text') WHERE content LIKE '%looks for the tape%'`,
    /line 7 .*content\.msgtype is "swp\.text" and should be "swp\.emote"/,
  ],
  [
    "a reply link",
    `UPDATE events SET content = replace(content, 'reply_to_event_id', 'reply_from_event_id') WHERE content LIKE '%found it, thanks%'`,
    /line 11 .*content\.reply_to_event_id/,
  ],
  [
    "a mention",
    `UPDATE events SET content = replace(content, '"mentions"', '"mentioned"') WHERE content LIKE '%that is a fine nick%'`,
    /line 26 .*content\.mentions/,
  ],
  [
    "a sender",
    `UPDATE events SET sender = replace(sender, '@otto:', '@maja:') WHERE content LIKE '%on the third step%'`,
    /line 8 .*the sender is/,
  ],
  [
    "a nick event",
    `UPDATE events SET content = replace(content, 'Rune_busy', 'Rune') WHERE event_type = 'irc.nick'`,
    /line 12 .*content\.to is "Rune" and should be "Rune_busy"/,
  ],
  [
    "a count of replies",
    `UPDATE threads SET replied = 0 WHERE target_position = (SELECT position FROM events WHERE content LIKE '%how high is a step%')`,
    /line 48 .*the number of replies is 0 and should be 1/,
  ],
  [
    "a marker",
    `UPDATE reading SET read_ordinal = read_ordinal + 1 WHERE participant_no = (SELECT participant_no FROM participants WHERE fqid LIKE '@regular:%')`,
    /the unread count of regular is/,
  ],
  [
    "a member",
    `UPDATE members SET membership = 'leave' WHERE participant_no = (SELECT participant_no FROM participants WHERE fqid LIKE '@regular:%')`,
    /regular should have the membership join and has not/,
  ],
];

for (const [what, sql, told] of TAMPERINGS) {
  test(`a room in which ${what} was changed behind the server is told as different`, async (t) => {
    const data = mkdtempSync(join(tmpdir(), "stairwell-"));
    t.after(() => rmSync(data, { recursive: true }));
    const server = await TestServer.start(t, { data });
    await playInto(t, server, talk());
    const changed = await server.db.write("deployment", (tx) => tx.run(sql));
    assert.ok(changed > 0, "nothing was tampered with");
    await server.stop();
    const report = await playInto(t, await TestServer.start(t, { data }), talk());
    assert.equal(report.outcome, "different");
    assert.match(report.differences.first.join("\n"), told);
  });
}

test("a display name that changed since its person signed in is told as different", async (t) => {
  const server = await TestServer.start(t);
  const report = await playInto(t, server, talk(), {
    fetch: meddlingFetch(t, async ({ address }) => {
      if (!address.includes("/members?")) return;
      assertOk(await server.person("otto", "replay").put("/v1/me", { display_name: "Otto!" }));
    }),
  });
  assert.deepEqual(report.differences.first, ['the display name of otto is "Otto!" and should be "otto"']);
});

test("a line that the server refuses ends the replay with its number and the reason", async (t) => {
  const server = await TestServer.start(t);
  const { room } = await playInto(t, server, talk().slice(0, 5));
  const playing = playInto(t, server, talk(), {
    fetch: meddlingFetch(t, async ({ body }) => {
      if (!body.includes('"talk:11"')) return;
      assertOk(await server.person("replay.host", "replay").post(`/v1/rooms/${room.id}/archive`));
    }),
  });
  await assert.rejects(
    playing,
    /^RefusedLine: line 11: the message of \|Rune\| was refused: .*SW_ROOM_FROZEN, rule LC1/,
  );
});

test("a room that was archived is found again, told as different, and not made anew", async (t) => {
  const server = await TestServer.start(t);
  const { room } = await playInto(t, server, talk().slice(0, 10));
  assertOk(await server.person("replay.host", "replay").post(`/v1/rooms/${room.id}/archive`));
  const report = await playInto(t, server, talk());
  assert.equal(report.outcome, "different");
  assert.equal(report.room.id, room.id);
  assert.match(report.differences.first[0]!, /this swp\.room\.state is not of the file/);
});

test("a tenant with limits is refused before anybody signs in", async (t) => {
  const server = await TestServer.start(t);
  await server.person("somebody").signIn();
  await assert.rejects(
    playInto(t, server, talk(), { tenant: "dev" }),
    /the tenant dev has limits \(max_participants, send_rate, open_invites\)/,
  );
});

test("a server on another folder than the one named is refused", async (t) => {
  const [server, other] = [await TestServer.start(t), await TestServer.start(t)];
  await server.person("somebody", "replay").signIn();
  await server.liftLimits("replay");
  await assert.rejects(playInto(t, server, talk(), { url: other.url }), /runs on another data folder/);
});

test("a server on another folder is refused without development mode too", async (t) => {
  const [server, other] = [await TestServer.start(t), await TestServer.start(t, { dev: false })];
  await assert.rejects(playInto(t, server, talk(), { url: other.url }), /runs on another data folder/);
});

test("where no server is, the address is told and no tenant is made", async (t) => {
  const server = await TestServer.start(t);
  const file = conversationFile(t, talk());
  const { code, messages } = await stairwell("replay", file, "--url", "http://127.0.0.1:1", "--data", server.data);
  assert.equal(code, 1);
  assert.match(messages, /no server could be reached at http:\/\/127\.0\.0\.1:1/);
  assert.deepEqual(await server.db.all("SELECT slug FROM tenants"), []);
});

test("the command plays a file, gives its report and ends with 0", async (t) => {
  const server = await TestServer.start(t);
  const file = conversationFile(t, talk());
  const args = ["replay", file, "--url", server.url, "--data", server.data];
  const { code, data, messages } = await stairwell(...args, "--json");
  assert.equal(code, 0, messages);
  const report = JSON.parse(data);
  assert.equal(report.outcome, "equal");
  assert.equal(report.room.name, "talk");
  const again = await stairwell(...args);
  assert.equal(again.code, 0);
  assert.match(again.data, /the room equals the file/);
  assert.match(again.data, /60 of 60, 60 of them before this run/);
  assert.match(again.data, /joins +4 made, 1 no change, 6 before speaking/);
});

test("a file with bad lines is refused with all their numbers, and nothing is sent", async (t) => {
  const server = await TestServer.start(t);
  const lines = talk();
  lines[4] = "not JSON";
  lines[50] = lines[50]!.replace('"message"', '"shout"');
  const file = conversationFile(t, lines);
  const { code, data, messages } = await stairwell("replay", file, "--url", server.url, "--data", server.data);
  assert.equal(code, 1);
  assert.equal(data, "");
  assert.match(messages, /nothing was sent: 3 bad lines/);
  assert.match(messages, /line 5 is not JSON/);
  assert.match(messages, /line 51 has an unknown type, "shout"/);
  assert.match(messages, /line 52 replies to talk:51, which is no earlier line/);
  assert.deepEqual(await server.db.all("SELECT slug FROM tenants"), []);
});

test("the command ends with 1 and lists the differences of a room that differs", async (t) => {
  const server = await TestServer.start(t);
  const room = await playInto(t, server, talk());
  await server.person("otto", "replay").signIn();
  await server.person("otto", "replay").say(room.room.id, "one thing more");
  const args = ["replay", conversationFile(t, talk()), "--url", server.url, "--data", server.data];
  const { code, data } = await stairwell(...args);
  assert.equal(code, 1);
  assert.match(data, /the room differs from the file/);
  assert.match(data, /position \d+: this swp\.room\.message is not of the file/);
});

test("a speed or a room's name that cannot be is refused as usage", async (t) => {
  const file = conversationFile(t, talk());
  assert.equal((await stairwell("replay", file, "--speed", "fast")).code, 2);
  assert.equal((await stairwell("replay", file, "--room", "a\u0007b")).code, 2);
});
