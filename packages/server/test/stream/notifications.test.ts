import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Frame, type Person, StreamClient } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

const notified = (frames: readonly Frame[]) =>
  frames
    .filter(({ type }) => type === "notification")
    .map(({ room_id, event_id, reason }) => ({ room_id, event_id, reason }));

/** A room in which somebody is told of everything. */
async function bellOf(alice: Person, who: Person): Promise<string> {
  const room = await alice.roomWith([who]);
  assertOk(await who.put(`/v1/rooms/${room}/notification-mode`, { mode: "all" }));
  return room;
}

/** All notifications up to now: the delivery is in order, and the bell's is the last. */
async function toldBy(alice: Person, bell: string, stream: StreamClient) {
  const { id } = await alice.say(bell, "Ding.");
  const frames = await stream.until(({ type, event_id }) => type === "notification" && event_id === id);
  return notified(frames.slice(0, -1));
}

const setMode = async (who: Person, room: string, mode: string) =>
  assertOk(await who.put(`/v1/rooms/${room}/notification-mode`, { mode }));

test("RD4 nobody is told of their own messages, nor of state and custom events", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const bell = await bellOf(alice, bob);
  const room = await bob.roomWith([alice]);
  await setMode(bob, room, "all");
  const stream = await StreamClient.open(t, bob);
  const own = await bob.say(room, "mine", { mentions: ["@room", bob.id] });
  await bob.say(room, "to myself", { reply_to_event_id: own.id });
  assertOk(await bob.put(`/v1/rooms/${room}/topic`, { topic: "New" }));
  const custom = { content: { mentions: [bob.id] }, event_type: "acme.deploy" };
  assertOk(await alice.post(`/v1/rooms/${room}/send`, custom));
  assert.deepEqual(await toldBy(alice, bell, stream), []);
});

test("RD4 only the joined are told: not invitees, not those who left, not others of the tenant", async (t) => {
  const { alice, bob, carol, dave } = await openStage(t, ["alice", "bob", "carol", "dave"]);
  const room = await alice.roomWith([carol], { room_type: "public" });
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  assertOk(await carol.post(`/v1/rooms/${room}/leave`));
  for (const who of [bob, carol, dave]) {
    assertOk(await who.put("/v1/me/preferences", { default_mode: "all" }));
    const bell = await bellOf(alice, who);
    const stream = await StreamClient.open(t, who);
    await alice.say(room, "hear", { mentions: ["@room", bob.id, carol.id, dave.id] });
    assert.deepEqual(await toldBy(alice, bell, stream), []);
  }
});

test("RD4 an archived room tells nothing, and its messages tell nothing again after a restore", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const bell = await bellOf(alice, bob);
  const room = await alice.roomWith([bob]);
  await setMode(bob, room, "all");
  const said = await alice.say(room, "before", { mentions: [bob.id] });
  const stream = await StreamClient.open(t, bob);
  for (const verb of ["archive", "rejoin", "archive"]) assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
  assert.equal((await alice.post(`/v1/rooms/${room}/send`, { content: { mentions: [bob.id] } })).status, 409);
  assert.deepEqual(await toldBy(alice, bell, stream), []);
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  const after = await alice.say(room, "after", { reply_to_event_id: said.id });
  assert.deepEqual(await toldBy(alice, bell, stream), [{ room_id: room, event_id: after.id, reason: "message" }]);
});

test("RD4 RD5 mode, mute and default count from their answer on", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const bell = await bellOf(alice, bob);
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const put = async (path: string, body: object) => assertOk(await bob.put(path, body));
  const steps: [change: () => Promise<unknown>, isTold: boolean][] = [
    [() => put(`/v1/rooms/${room}/notification-mode`, { mode: "all" }), true],
    [() => put(`/v1/rooms/${room}/mute`, { muted_until: "forever" }), false],
    [() => put(`/v1/rooms/${room}/mute`, { muted_until: null }), true],
    [() => put(`/v1/rooms/${room}/notification-mode`, { mode: "inherit" }), false],
    [() => put("/v1/me/preferences", { default_mode: "all" }), true],
    [() => put("/v1/me/preferences", { default_mode: "none" }), false],
    [() => put("/v1/me", { display_name: "Robert" }), false],
    [() => put(`/v1/rooms/${room}/notification-mode`, { mode: "all" }), true],
  ];
  for (const [i, [change, isTold]] of steps.entries()) {
    await change();
    const { id } = await alice.say(room, `${i}`);
    const due = isTold ? [{ room_id: room, event_id: id, reason: "message" }] : [];
    assert.deepEqual(await toldBy(alice, bell, stream), due, `step ${i}`);
  }
});

test("EV6 RD4 @room tells all by the power at the moment of the message, whatever happens to it then", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  await server.liftLimits();
  const bell = await bellOf(alice, bob);
  const room = await alice.roomWith([bob, carol]);
  const power = (power_level: number) =>
    alice.put(`/v1/rooms/${room}/members/${carol.id}/power-level`, { power_level });
  const mentionsOf = async () => assertOk(await bob.get(`/v1/rooms/${room}`)).data.me.mention_count as number;
  const stream = await StreamClient.open(t, bob);
  for (let round = 0; round < 20; round++) {
    assertOk(await power(50));
    const before = await mentionsOf();
    // Both are mostly of one commit, so that the message is delivered when its sender has no power any more.
    const [said] = await Promise.all([carol.say(room, "all!", { mentions: ["@room"] }), power(0)]);
    const counted = (await mentionsOf()) - before;
    const due = counted === 0 ? [] : [{ room_id: room, event_id: said.id, reason: "mention" }];
    assert.deepEqual(await toldBy(alice, bell, stream), due, `round ${round}`);
  }
  const ignored = await carol.say(room, "psst", { mentions: ["@room"] });
  assert.deepEqual(ignored.content.mentions, ["@room"]);
  assert.deepEqual(await toldBy(alice, bell, stream), []);
});

test("DM6 opening a direct room tells nobody; its first message tells the other side", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const bell = await bellOf(alice, bob);
  const stream = await StreamClient.open(t, bob);
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id;
  assert.deepEqual(await toldBy(alice, bell, stream), []);
  const { id } = await alice.say(dm, "Hello.");
  assert.deepEqual(await toldBy(alice, bell, stream), [{ room_id: dm, event_id: id, reason: "message" }]);
});

test("DM4 RD4 a message that brings the other side back tells them, as they had set it", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const bell = await bellOf(alice, bob);
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id;
  const stream = await StreamClient.open(t, bob);
  for (const mode of ["all", "none"]) {
    await setMode(bob, dm, mode);
    assertOk(await bob.post(`/v1/rooms/${dm}/leave`));
    const { id } = await alice.say(dm, "Come back.");
    const due = mode === "all" ? [{ room_id: dm, event_id: id, reason: "message" }] : [];
    assert.deepEqual(await toldBy(alice, bell, stream), due);
  }
});

test("RD4 an invite tells the invitee, once, by their default, and nobody else", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const bell = await bellOf(alice, bob);
  const room = await alice.roomWith([carol]);
  const [stream, other] = [await StreamClient.open(t, bob), await StreamClient.open(t, carol)];
  const invite = async () => assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  const inviteId = async () => (await alice.history(room)).at(-1).id;
  for (const [preferred, isTold] of [
    ["mentions", true],
    ["none", false],
    ["all", true],
  ] as const) {
    assertOk(await bob.put("/v1/me/preferences", { default_mode: preferred }));
    await invite();
    await invite();
    const due = isTold ? [{ room_id: room, event_id: await inviteId(), reason: "invite" }] : [];
    assert.deepEqual(await toldBy(alice, bell, stream), due, preferred);
    assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  }
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  assertOk(await bob.put(`/v1/rooms/${room}/mute`, { muted_until: "forever" }));
  assertOk(await alice.post(`/v1/rooms/${room}/kick`, { participant_id: bob.id }));
  await toldBy(alice, bell, stream);
  await invite();
  assert.deepEqual(await toldBy(alice, bell, stream), [], "the mute of a former stay holds");
  await other.settled();
  assert.deepEqual(notified(other.frames), []);
});

test("EV6 an edit tells only those whom it newly mentions, whatever their mode, with the message", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const bells = [await bellOf(alice, bob), await bellOf(alice, carol)] as const;
  await setMode(bob, room, "all");
  const streams = [await StreamClient.open(t, bob), await StreamClient.open(t, carol)] as const;
  const told = async () => [await toldBy(alice, bells[0], streams[0]), await toldBy(alice, bells[1], streams[1])];
  const said = await alice.say(room, "plain");
  const due = [{ room_id: room, event_id: said.id, reason: "mention" }];
  assert.deepEqual(await told(), [[{ ...due[0], reason: "message" }], []]);
  const question = await carol.say(room, "Who?");
  await told();
  const steps: [content: object, bob: object[], carol: object[]][] = [
    [{ body: "a typo" }, [], []],
    [{ mentions: [bob.id] }, due, []],
    [{ mentions: [bob.id], body: "another typo" }, [], []],
    [{ mentions: [bob.id, carol.id] }, [], due],
    [{ mentions: [] }, [], []],
    [{ reply_to_event_id: question.id }, [], []],
    [{ mentions: [carol.id] }, [], due],
    [{ mentions: ["@room"] }, due, []],
    [{ mentions: ["@room", bob.id, carol.id] }, [], []],
    [{ mentions: ["@room", alice.id] }, [], []],
  ];
  for (const [content, ofBob, ofCarol] of steps) {
    assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/edit`, { content }));
    assert.deepEqual(await told(), [ofBob, ofCarol], JSON.stringify(content));
  }
  await setMode(bob, room, "none");
  assertOk(await carol.put(`/v1/rooms/${room}/mute`, { muted_until: "forever" }));
  for (const content of [{ body: "nobody" }, { mentions: [bob.id, carol.id] }]) {
    assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/edit`, { content }));
  }
  assert.deepEqual(await told(), [[], []]);
});
