import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { ANN, BOB, bodiesOf, idOf, pair, say, shared } from "./pair.ts";
import { foldAt, headAt, roomAt, settled, sound, until } from "./settle.ts";

test("FD11 FD12 somebody of another server sees the room among their invites, joins, and both talk", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  await say(bob, room, "from b");
  await say(ann, room, "from a");
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(ann, room), ["from b", "from a"]);
  assert.deepEqual(await bodiesOf(bob, room), ["from b", "from a"]);
  assert.deepEqual(await foldAt(a, room, [ANN, BOB]), await foldAt(b, room, [ANN, BOB]));
  await sound(all.a, all.b);
});

test("FD13 FD18 what each does with messages reaches the other: edits, reactions, redactions", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const [one, two, three] = [await say(ann, room, "one"), await say(bob, room, "two"), await say(bob, room, "three")];
  await settled([a, b], room);
  assertOk(await bob.post(`/v1/rooms/${room}/events/${two}/edit`, { content: { body: "two, better" } }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${one}/reaction`, { emoji: "👍" }));
  assertOk(await ann.post(`/v1/rooms/${room}/events/${three}/reaction`, { emoji: "🎉" }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${three}/redact`, {}));
  assertRefused(await bob.post(`/v1/rooms/${room}/events/${one}/redact`, {}), 403, "SW_REDACT_FORBIDDEN", "EV4");
  await settled([a, b], room);
  for (const person of [ann, bob]) {
    assert.deepEqual(await bodiesOf(person, room), ["one", "two, better", null]);
    const { data } = assertOk(await person.get(`/v1/rooms/${room}/events/${one}`));
    assert.deepEqual((data as { reactions: unknown }).reactions, [{ emoji: "👍", count: 1, me: person === bob }]);
  }
  await sound(all.a, all.b);
});

test("FD13 FD14 a replica's people rename, raise, kick, ban and leave by the hub's rules", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  assertRefused(await bob.put(`/v1/rooms/${room}/name`, { name: "Ours" }), 403, "SW_ROOM_FORBIDDEN");
  const bobAtA = await idOf(ann, room, BOB);
  assertOk(await ann.put(`/v1/rooms/${room}/members/${bobAtA}/power-level`, { power_level: 50 }));
  await settled([a, b], room);
  assertOk(await bob.put(`/v1/rooms/${room}/name`, { name: "Ours" }));
  assertOk(await bob.put(`/v1/rooms/${room}/topic`, { topic: "both" }));
  const carl = a.server.person("carl", "a");
  await carl.signIn();
  const carlAtA = (assertOk(await carl.get("/v1/me")).data as { participant_id: string }).participant_id;
  assertOk(await ann.post(`/v1/rooms/${room}/invite`, { participant_id: carlAtA }));
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  const carlAtB = await idOf(bob, room, "@carl:a.localhost");
  assertOk(await bob.post(`/v1/rooms/${room}/ban`, { participant_id: carlAtB, reason: "because" }));
  await settled([a, b], room);
  assertRefused(await carl.post(`/v1/rooms/${room}/join`), 403, "SW_ROOM_FORBIDDEN", "MB2");
  assert.deepEqual(
    await foldAt(a, room, [ANN, BOB, "@carl:a.localhost"]),
    await foldAt(b, room, [ANN, BOB, "@carl:a.localhost"]),
  );
  assertOk(await ann.post(`/v1/rooms/${room}/kick`, { participant_id: bobAtA }));
  await until(async () => {
    const answer = await bob.post(`/v1/rooms/${room}/send`, { content: { body: "still here" } });
    return answer.status === 403 ? answer : undefined;
  }, "the kick");
  assert.equal(await headAt(a, room), await headAt(b, room));
  await sound(all.a, all.b);
});

test("FD10 the end of sharing is the last that leaves: those from elsewhere go, and what they have stays to be read", async (t) => {
  const all = await pair(t);
  const { b, admin, ann, bob } = all;
  const room = await shared(all);
  await say(bob, room, "before");
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  await until(async () => ((await roomAt(b, room))?.room.federated === false ? true : undefined), "the end");
  const last = await headAt(b, room);
  await say(ann, room, "after");
  assert.equal((await bob.post(`/v1/rooms/${room}/send`, { content: { body: "after" } })).status >= 400, true);
  assert.deepEqual(await bodiesOf(bob, room), ["before"]);
  assert.equal(await headAt(b, room), last);
  const members = assertOk(await ann.get(`/v1/rooms/${room}/members`)).data as unknown[];
  assert.equal(members.length, 1);
  await sound(all.a, all.b);
});

test("FD20 EV2 a content that is nested as deep as it may be crosses in every call that brings it", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  await a.setPolicy({ history_before_join: true });
  const nested = (depth: number): object => (depth === 1 ? { body: "deep" } : { a: nested(depth - 1) });
  const deep = { content: { ...nested(32), msgtype: "swp.text", body: "deep" } };
  const room = await ann.roomWith([], { name: "Deep" });
  assertOk(await ann.post(`/v1/rooms/${room}/send`, deep));
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB, reason: "come" }));
  await until(() => roomAt(b, room), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  assertOk(await ann.post(`/v1/rooms/${room}/send`, deep));
  await settled([a, b], room);
  assertOk(await bob.post(`/v1/rooms/${room}/send`, deep));
  await settled([a, b], room);
  const { data } = assertOk(await bob.get(`/v1/rooms/${room}/messages?limit=200`));
  const said = (data as { event_type: string; content: object | null }[]).filter(
    ({ event_type }) => event_type === "swp.room.message",
  );
  assert.deepEqual(
    said.map(({ content }) => content),
    [deep.content, deep.content, deep.content],
  );
});

test("FD10 a room whose sharing has ended is shared with nobody again, and one that nobody else had is", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const federate = (id: string, enabled: boolean) => admin.put(`/v1/admin/rooms/${id}/federate`, { enabled });
  assertOk(await federate(room, false));
  await until(async () => ((await roomAt(b, room))?.room.federated === false ? true : undefined), "the end");
  const last = await headAt(b, room);
  await say(ann, room, "among ourselves");
  const before = await headAt(a, room);
  const refused = await federate(room, true);
  assertRefused(refused, 400, "SW_ROOM_TYPE_INVARIANT", "FD10");
  assert.deepEqual(refused.error!.details, { servers: [b.name] });
  // Nor does it say so to who may not ask, and what is so already is no change.
  assertRefused(
    await ann.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }),
    403,
    "SW_AUTH_INSUFFICIENT_PERMISSION",
  );
  assertOk(await federate(room, false));
  assert.deepEqual([await headAt(a, room), await headAt(b, room)], [before, last]);
  assert.deepEqual(await bodiesOf(bob, room), []);

  const other = await ann.roomWith([], { name: "Nobody came" });
  assertOk(await federate(other, true));
  assertOk(await admin.post(`/v1/admin/rooms/${other}/federation/invite`, { fqid: BOB }));
  await until(() => roomAt(b, other), "the invite");
  assertOk(await federate(other, false));
  await say(ann, other, "among ourselves");
  assertOk(await federate(other, true));
  assertOk(await admin.post(`/v1/admin/rooms/${other}/federation/invite`, { fqid: BOB }));
  assertOk(await bob.post(`/v1/rooms/${other}/join`));
  await say(bob, other, "here I am");
  await settled([a, b], other);
  assert.deepEqual(
    (await bodiesOf(bob, other)).filter((body) => body !== null),
    ["here I am"],
  );
  await sound(a, b);
});

test("FD10 me.can says of sharing what the call then answers: before, while it is shared on either side, and after", async (t) => {
  const { a, b, admin } = await pair(t);
  const other = await b.server.person("admin", "b").signIn();
  const room = await admin.roomWith([], { name: "Shared" });
  const can = async (who: typeof admin) => {
    const { data: seen } = assertOk(await who.get(`/v1/rooms/${room}`));
    const { data: listed } = assertOk(await who.get("/v1/directory/rooms"));
    const { data: asked } = assertOk(await who.get(`/v1/rooms/${room}/can?action=federate`));
    const flags = [seen.me.can.federate, listed[0].me.can.federate, asked.allowed];
    assert.deepEqual(flags, Array(3).fill(asked.allowed));
    return asked.allowed ? true : [asked.code, asked.rule];
  };
  const federate = (who: typeof admin, enabled: boolean) => who.put(`/v1/admin/rooms/${room}/federate`, { enabled });
  assert.equal(await can(admin), true);
  assertOk(await federate(admin, true));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: other.me.fqid }));
  await until(() => roomAt(b, room), "the invite");
  assertOk(await other.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  assert.deepEqual([await can(admin), await can(other)], [true, true]);
  assertOk(await federate(admin, false));
  await until(async () => ((await roomAt(b, room))?.room.federated === false ? true : undefined), "the end");
  assert.deepEqual(await can(admin), ["SW_ROOM_TYPE_INVARIANT", "FD10"]);
  assertRefused(await federate(admin, true), 400, "SW_ROOM_TYPE_INVARIANT", "FD10");
  assert.deepEqual(await can(other), ["SW_ROOM_FROZEN", "FD10"]);
});
