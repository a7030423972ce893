import assert from "node:assert/strict";
import { test } from "node:test";
import { TestServer } from "@stairwell/testing";
import { leanFetch } from "../../src/replay/server/lean-fetch.ts";
import { talk } from "./conversation.ts";
import { meddlingFetch, playInto } from "./play.ts";

const COUNTS = {
  messages: 42,
  actions: 3,
  joins: { made: 4, no_change: 1, before_speaking: 6 },
  leaves: { made: 5, no_change: 2 },
  nick_events: 3,
  replies: 17,
  mentions: 14,
};

function countsIn(report: object): object {
  return Object.fromEntries(Object.entries(report).filter(([key]) => key in COUNTS));
}

test("a conversation with everything in it is in the room as it is in the file", async (t) => {
  const server = await TestServer.start(t);
  const report = await playInto(t, server, talk());
  assert.deepEqual(report.differences, { count: 0, first: [] });
  assert.equal(report.outcome, "equal");
  assert.deepEqual(countsIn(report), COUNTS);
  assert.deepEqual(report.replies_without_event, [20]);
  assert.equal(report.lines_done, 60);
  assert.ok(report.unread!.people > 0 && report.unread!.unread > 0 && report.unread!.mentions > 0);

  const host = await server.person("replay.host", "replay").signIn();
  const history = await host.history(report.room.id);
  assert.equal(history.length, report.events_in_room);
  assert.equal(history.at(-1).hash, report.head_hash);
  const said = history.filter(({ content }) => content.msgtype !== undefined).map(({ content }) => content.body);
  const texts = talk()
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === "message" || type === "action")
    .map(({ text }) => text);
  assert.deepEqual(said, texts);
  const nicks = history.filter(({ event_type }) => event_type === "irc.nick").map(({ content }) => content);
  assert.deepEqual(nicks, [
    { from: "|Rune|", to: "Rune_busy" },
    { from: "Maja", to: "Maja" },
    { from: "newcomer", to: "regular" },
  ]);
  assert.equal(history.find(({ content }) => content.reason !== undefined).content.reason, "two of me is one too many");
});

test("a replay that was played already adds nothing and compares everything again", async (t) => {
  const server = await TestServer.start(t);
  const first = await playInto(t, server, talk());
  const again = await playInto(t, server, talk());
  assert.equal(again.outcome, "equal");
  assert.equal(again.lines_before, 60);
  assert.equal(again.events_in_room, first.events_in_room);
  assert.equal(again.head_hash, first.head_hash);
  assert.deepEqual(again.unread, first.unread);
});

test("a replay that is stopped after any line goes on where it was", async (t) => {
  const server = await TestServer.start(t);
  for (const stopAt of [1, 2, 17, 20, 21, 45, 59]) {
    const stop = new AbortController();
    const report = await playInto(t, server, talk(), {
      signal: stop.signal,
      onProgress: ({ what, done }) => {
        if (what === "lines" && done >= stopAt) stop.abort();
      },
    });
    assert.equal(report.outcome, "stopped");
    assert.ok(report.lines_done >= stopAt && report.lines_done < 60, `${report.lines_done} lines`);
    assert.deepEqual([report.unread, report.events_in_room, report.head_hash], [null, null, null]);
  }
  const report = await playInto(t, server, talk());
  assert.deepEqual(report.differences, { count: 0, first: [] });
  assert.equal(report.outcome, "equal");
});

test("a replay that ended between a speaker's join and their line goes on with the line", async (t) => {
  const server = await TestServer.start(t);
  const stop = new AbortController();
  // The send of line 3 never arrives: otto has joined, and has not spoken.
  const fetch = meddlingFetch(t, ({ body }) => {
    if (!body.includes('"talk:3"')) return;
    stop.abort();
    throw new TypeError("the cable was cut");
  });
  const cut = await playInto(t, server, talk(), { fetch, signal: stop.signal });
  assert.equal(cut.outcome, "stopped");
  assert.equal(cut.lines_done, 2);
  const otto = server.person("otto", "replay");
  assert.equal((await otto.get(`/v1/rooms/${cut.room.id}`)).data.me.membership, "join");
  const report = await playInto(t, server, talk());
  assert.equal(report.lines_before, 2);
  assert.equal(report.outcome, "equal");
});

test("a call whose answer was lost is made again and has one effect", async (t) => {
  const server = await TestServer.start(t);
  const lean = leanFetch();
  t.after(() => lean.close());
  let calls = 0;
  const lossy: typeof fetch = async (address, init) => {
    const answer = await lean.fetch(address, init);
    if (init?.method === "POST" && ++calls % 9 === 0) throw new TypeError("the connection was lost");
    return answer;
  };
  const plain = await playInto(t, server, talk(), { room: "plain" });
  const report = await playInto(t, server, talk(), { fetch: lossy });
  assert.ok(calls > 60);
  assert.deepEqual(report.differences, { count: 0, first: [] });
  assert.equal(report.outcome, "equal");
  assert.equal(report.events_in_room, plain.events_in_room);
});

test("people sign in by tokens where the server has no development mode", async (t) => {
  const server = await TestServer.start(t, { dev: false });
  const report = await playInto(t, server, talk());
  assert.deepEqual(report.differences, { count: 0, first: [] });
  assert.equal(report.outcome, "equal");
});

test("a replay keeps to its speed", async (t) => {
  const server = await TestServer.start(t);
  const report = await playInto(t, server, talk().slice(0, 11), { speed: { kind: "lines", rate: 50 } });
  assert.equal(report.outcome, "equal");
  assert.ok(report.seconds.play >= 0.2, `${report.seconds.play} s`);
});
