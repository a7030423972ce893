import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestClock } from "@stairwell/testing";
import { foreigner, openStage, unchanged } from "../support/stage.ts";

// oxlint-disable-next-line typescript/no-explicit-any
type Item = any;

const inboxOf = async (who: Person, query = ""): Promise<Item[]> => assertOk(await who.get(`/v1/inbox${query}`)).data;

/** What each line of an inbox is about: the message's text, or the room one is invited to. */
const briefly = (items: readonly Item[]) =>
  items.map((item) => (item.kind === "mention" ? item.message.content.body : `invite to ${item.room.name}`));

test("EV6 an inbox has what mentions its owner by name, by reply and by @room, newest first, and nothing else", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id;
  assert.deepEqual(await inboxOf(bob), []);
  await alice.say(room, "plain");
  await alice.say(room, "name", { mentions: [bob.id] });
  const own = await bob.say(room, "own", { mentions: ["@room", bob.id] });
  await alice.say(room, "reply", { reply_to_event_id: own.id });
  await alice.say(dm, "direct, by name", { mentions: [bob.id] });
  await alice.say(room, "both", { mentions: ["@room", bob.id] });
  await carol.say(room, "without the power for it", { mentions: ["@room"] });
  await alice.say(room, "somebody else", { mentions: [carol.id] });
  await alice.say(room, "all", { mentions: ["@room"] });
  const items = await unchanged(server, () => inboxOf(bob));
  assert.deepEqual(briefly(items), ["all", "both", "direct, by name", "reply", "name"]);
  assert.deepEqual(briefly(await inboxOf(alice)), ["own"].slice(1), "bob had no power for @room");
  assert.deepEqual(briefly(await inboxOf(carol)), ["all", "somebody else", "both"]);
});

test("a mention shows the message as history does, its room, and whether it is unread and muted", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { topic: "Plans" });
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  const first = await alice.say(room, "one", { mentions: [bob.id] });
  await alice.say(dm.id, "two", { mentions: [bob.id] });
  assertOk(await bob.put(`/v1/rooms/${room}/mute`, { muted_until: "forever" }));
  const [direct, inRoom] = await inboxOf(bob);
  assert.deepEqual(inRoom.message, assertOk(await bob.get(`/v1/rooms/${room}/events/${first.id}`)).data);
  const { id, room_alias, room_type, name, topic, state, members_count } = (await bob.get(`/v1/rooms/${room}`)).data;
  assert.deepEqual(inRoom.room, { id, room_alias, room_type, name, topic, state, members_count });
  assert.equal(inRoom.created_at, first.created_at);
  assert.deepEqual([inRoom.unread, inRoom.muted], [true, true]);
  assert.deepEqual([direct.unread, direct.muted, direct.room.dm_with.id], [true, false, alice.id]);
  assertOk(await bob.put(`/v1/rooms/${room}/read`, { event_id: first.id }));
  assertOk(await bob.put(`/v1/rooms/${room}/mute`, { muted_until: null }));
  const [, read] = await inboxOf(bob);
  assert.deepEqual([read.unread, read.muted], [false, false]);
});

test("an inbox has the mentions of rooms that its owner is in now", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "public" });
  await alice.say(room, "first stay", { mentions: [bob.id] });
  await alice.say(room, "to those who are here", { mentions: ["@room"] });
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assert.deepEqual(await inboxOf(bob), []);
  await alice.say(room, "while away", { mentions: [bob.id, "@room"] });
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  const mentions = await inboxOf(bob);
  assert.deepEqual(
    mentions.map(({ message, unread }) => [message.content.body, unread]),
    // What mentioned all was for those who were there; it is one row of the room, and of this stay there is none yet.
    [["first stay", false]],
  );
  await alice.say(room, "back again", { mentions: ["@room"] });
  assert.deepEqual(briefly(await inboxOf(bob)), ["back again", "first stay"]);
  assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id }));
  assert.deepEqual(await inboxOf(bob), []);
});

test("LC2 mentions in frozen rooms are listed, and unread in none of them", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  await alice.say(room, "before", { mentions: [bob.id] });
  const state = async () => (await inboxOf(bob)).map(({ room: { state: s }, unread }) => [s, unread]);
  for (const [verb, expected] of [
    ["archive", ["archived", false]],
    ["rejoin", ["open", true]],
    ["close", ["closed", false]],
  ] as const) {
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
    assert.deepEqual(await state(), [expected]);
  }
});

test("DEL1 a closed incognito room is in nobody's inbox", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "incognito" });
  await alice.say(room, "secret", { mentions: [bob.id] });
  assert.deepEqual(briefly(await inboxOf(bob)), ["secret"]);
  assertOk(await alice.post(`/v1/rooms/${room}/leave`));
  assert.deepEqual(await inboxOf(bob), []);
});

test("DEL4 a redacted message is in no inbox, and an edit puts in and takes out", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const said = await alice.say(room, "bob!", { mentions: [bob.id] });
  const later = await alice.say(room, "bob again", { mentions: [bob.id] });
  const edit = { content: { body: "carol!", mentions: [carol.id] } };
  assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/edit`, edit));
  assert.deepEqual(briefly(await inboxOf(bob)), ["bob again"]);
  assert.deepEqual(briefly(await inboxOf(carol)), ["carol!"]);
  for (const { id } of [said, later]) assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
  for (const who of [bob, carol]) assert.deepEqual(await inboxOf(who), []);
});

test("MB4 an open invite shows the room, who invites, why and when, until it is answered or the room freezes", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"], { clock: new TestClock() });
  const room = await alice.roomWith([], { name: "Den" });
  const invite = () => alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id, reason: "Come in" });
  assertOk(await invite());
  assertOk(await invite());
  const [item, ...rest] = await inboxOf(bob);
  assert.deepEqual(rest, []);
  const event = (await alice.history(room)).at(-1);
  assert.deepEqual(
    { ...item, room: item.room.id, invited_by: item.invited_by.id },
    { kind: "invite", room, invited_by: alice.id, reason: "Come in", created_at: event.created_at },
  );
  assert.deepEqual([item.room.name, item.room.state, item.room.members_count], ["Den", "open", 1]);
  const answers: [() => ReturnType<Person["get"]>, number][] = [
    [() => bob.post(`/v1/rooms/${room}/leave`), 0],
    [invite, 1],
    [() => alice.post(`/v1/rooms/${room}/kick`, { participant_id: bob.id }), 0],
    [invite, 1],
    [() => alice.post(`/v1/rooms/${room}/archive`), 0],
    [() => alice.post(`/v1/rooms/${room}/rejoin`), 1],
    [() => alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id }), 0],
    [() => alice.post(`/v1/rooms/${room}/unban`, { participant_id: bob.id }), 0],
    [invite, 1],
    [() => bob.post(`/v1/rooms/${room}/join`), 0],
  ];
  for (const [act, count] of answers) {
    assertOk(await act());
    assert.equal((await inboxOf(bob)).length, count);
  }
});

test("AP7 an inbox is walked page by page, each line once, whatever comes meanwhile", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  const rooms = [];
  for (let i = 0; i < 4; i++) rooms.push(await alice.roomWith([bob], { name: `Room ${i}` }));
  const due: string[] = [];
  for (let i = 0; i < 30; i++) {
    const isAll = i % 3 === 0;
    if (i % 10 === 9) {
      assertOk(await alice.post("/v1/rooms", { room_type: "group", name: `New ${i}`, invite: [bob.id] }));
      due.unshift(`invite to New ${i}`);
      continue;
    }
    await alice.say(rooms[(i * i) % 4]!, `${i}`, { mentions: isAll ? ["@room", bob.id] : [bob.id] });
    due.unshift(`${i}`);
  }
  for (const limit of [1, 2, 7, 29, 30, 31, 200]) {
    const seen: string[] = [];
    let cursor = "";
    for (let page = 1; ; page++) {
      const { data, meta } = assertOk(await bob.get(`/v1/inbox?limit=${limit}${cursor}`));
      seen.push(...briefly(data));
      assert.equal(meta.has_more, page * limit < due.length, `limit ${limit}, page ${page}`);
      if (meta.has_more !== true) break;
      cursor = `&cursor=${encodeURIComponent(String(meta.next_cursor))}`;
    }
    assert.deepEqual(seen, due, `limit ${limit}`);
  }
  const first = assertOk(await bob.get("/v1/inbox?limit=10"));
  await alice.say(rooms[0]!, "meanwhile", { mentions: [bob.id] });
  const next = encodeURIComponent(String(first.meta.next_cursor));
  assert.deepEqual(briefly(await inboxOf(bob, `?limit=200&cursor=${next}`)), due.slice(10));
  assert.deepEqual(
    briefly(await inboxOf(bob, "?kind=invite")),
    due.filter((line) => line.startsWith("invite")),
  );
  const mentions = due.filter((line) => !line.startsWith("invite"));
  assert.deepEqual(briefly(await inboxOf(bob, "?kind=mention")), ["meanwhile", ...mentions]);
  for (const path of [`?cursor=${next}&kind=mention`, "?cursor=x", "?kind=other", "?limit=0", "?limit=201", "?q=x"]) {
    assertRefused(await bob.get(`/v1/inbox${path}`), 400, "SW_REQUEST_INVALID");
  }
  assertRefused(await alice.get(`/v1/inbox?cursor=${next}`), 400, "SW_REQUEST_INVALID");
});

test("an inbox knows nothing of other tenants, nor of people with the same name there", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  await alice.say(room, "dev only", { mentions: [bob.id, "@room", "@bob:other.localhost"] });
  const other = await foreigner(server, "bob");
  assert.deepEqual(await inboxOf(other), []);
});
