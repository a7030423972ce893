import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, StreamClient } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";
import { goodBundle, MEDIUM } from "./workshop/good.ts";
import { BOB, makeManifest, type MadeEvent } from "./workshop/manifest-maker.ts";
import { snapshotOf } from "./workshop/snapshot.ts";
import { makeZip } from "./workshop/zip-maker.ts";
import { until } from "../nodes/until.ts";

// Answers of every shape; a wrong guess fails the assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

function bundleOf(events: readonly MadeEvent[], spoil: (manifest: Loose) => void = () => {}): Buffer<ArrayBuffer> {
  const manifest = makeManifest(events);
  spoil(manifest);
  return makeZip([{ name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true }]);
}

const many = (count: number): MadeEvent[] =>
  Array.from({ length: count }, (_, i) => ({
    type: "swp.room.message",
    content: { body: `message ${i}` },
    sender: BOB,
  }));

test("BU11 media of a bundle are there with the same bytes, for whoever can read the message that names them", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const { data, meta } = assertOk(await importing(alice, goodBundle()));
  assert.deepEqual([(meta.report as Loose).media, (meta.report as Loose).media_bytes], [1, MEDIUM.length]);
  const items: Loose[] = assertOk(await alice.get(`/v1/rooms/${data.id}/messages?limit=200`)).data;
  const file = items.find(({ content }) => content?.body === "see");
  const download = (token: string) =>
    fetch(`${alice.url}/v1/media/download/${file.content.media_id}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(await (await download(alice.credential)).text(), MEDIUM.toString());
  assert.equal((await download(bob.credential)).status, 404);
});

test("BU10 a direct room becomes a group of its two sides' names, and a frozen room is open", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const dm = bundleOf([], ({ room }) => Object.assign(room, { room_type: "dm", name: null, room_alias: null }));
  const made = assertOk(await importing(alice, dm));
  assert.deepEqual([made.data.room_type, made.data.name], ["group", "Alice and Bob"]);
  const closed = assertOk(
    await importing(
      alice,
      bundleOf([], ({ room }) => (room.state = "closed")),
    ),
  );
  assert.equal(closed.data.state, "open");
});

test("BU10 one bundle makes two rooms, and one with one Idempotency-Key", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const key = { "idempotency-key": "once" };
  const first = assertOk(await importing(alice, goodBundle(), {}, key));
  const again = assertOk(await importing(alice, goodBundle(), {}, key));
  assert.deepEqual([again.status, again.data.id, again.meta], [first.status, first.data.id, first.meta]);
  const other = assertOk(await importing(alice, goodBundle()));
  assert.notEqual(other.data.id, first.data.id);
  const rooms = await server.db.get<{ n: number }>("SELECT count(*) AS n FROM rooms");
  assert.equal(rooms!.n, 2);
});

test("BU10 a room comes into a workspace in which the importer is editor, and within the tenant's limits", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const { data: shared } = assertOk(await bob.post("/v1/workspaces", { name: "Shared" }));
  const into = { workspace_id: shared.id };
  assertRefused(await importing(alice, goodBundle(), into), 404, "SW_WORKSPACE_NOT_FOUND");
  const asViewer = { participant_id: alice.id, role: "viewer" };
  assertOk(await bob.post(`/v1/workspaces/${shared.id}/members`, asViewer));
  assertRefused(await importing(alice, goodBundle(), into), 403, "SW_WORKSPACE_FORBIDDEN");
  assertOk(await alice.get("/v1/rooms/unread"));
  await server.setLimits({ max_rooms: 0 });
  assertRefused(await importing(alice, goodBundle()), 409, "SW_TENANT_CAPACITY");
  await server.setLimits({ max_rooms: null, max_storage_bytes: MEDIUM.length - 1 });
  assertRefused(await importing(alice, goodBundle()), 409, "SW_TENANT_CAPACITY");
});

test("BU12 what was imported is nobody's here: not unread, not mentioned, not theirs to edit or withdraw", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const mine = `@alice:${alice.me.tenant.server_name}`;
  const bundle = bundleOf(
    [
      {
        type: "swp.room.message",
        content: { body: "by alice", mentions: [mine], _imported_sender: { fqid: BOB } },
        sender: mine,
      },
    ],
    (manifest) => manifest.people.push({ fqid: mine, display_name: "Alice", participant_type: "human" }),
  );
  const { data } = assertOk(await importing(bob, bundle));
  assertOk(await bob.post(`/v1/rooms/${data.id}/invite`, { participant_id: alice.id }));
  assertOk(await alice.post(`/v1/rooms/${data.id}/join`));
  const [message]: Loose[] = assertOk(await alice.get(`/v1/rooms/${data.id}/messages?limit=200`)).data.filter(
    (item: Loose) => item.event_type === "swp.room.message",
  );
  assert.equal(message.sender_id, null);
  assert.deepEqual(message.content, {
    body: "by alice",
    do_not_index: true,
    _imported_mentions: [mine],
    _imported_sender: { fqid: mine, display_name: "Alice", participant_type: "human" },
  });
  const at = `/v1/rooms/${data.id}/events/${message.id}`;
  assertRefused(await alice.post(`${at}/edit`, { content: { body: "x" } }), 403, "SW_EDIT_FORBIDDEN");
  assertRefused(await alice.post(`${at}/redact`, {}), 403, "SW_REDACT_FORBIDDEN");
  assertOk(await alice.post(`${at}/reaction`, { emoji: "👍" }));
  const unread = assertOk(await alice.get(`/v1/rooms/${data.id}`)).data.me;
  assert.deepEqual([unread.unread_count, unread.mention_count], [0, 0]);
  assert.deepEqual(assertOk(await alice.get("/v1/inbox")).data, []);
  assertOk(await bob.post(`${at}/redact`, {}));
  assert.equal(assertOk(await bob.get(at)).data.content, null);
});

test("BU12 an author's name that hides or reorders text gives way to the first part of their FQID", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const claimed = (content: object): MadeEvent => ({
    type: "swp.room.message",
    sender: null,
    imported: true,
    content: { body: "x", _imported_sender: { fqid: BOB, display_name: "Bob", participant_type: "bot", ...content } },
  });
  const events = [
    ...many(1),
    claimed({}),
    claimed({ display_name: "a\u2028b" }),
    claimed({ fqid: "@bob\u202e:far.example" }),
    claimed({ participant_type: "admin" }),
    { ...many(1)[0]!, content: { body: "x", do_not_index: false, _imported_sender: { fqid: "@eve:far.example" } } },
  ];
  const bundle = bundleOf(events, ({ people }) => (people[1].display_name = "\u202eboB"));
  const { data } = assertOk(await importing(alice, bundle));
  const items: Loose[] = assertOk(await alice.get(`/v1/rooms/${data.id}/messages?direction=forward`)).data;
  const messages = items.filter(({ event_type }) => event_type === "swp.room.message");
  const names = messages.map(({ content }) => content._imported_sender?.display_name ?? null);
  assert.deepEqual(names, ["bob", "Bob", "bob", null, null, "bob"]);
  assert(messages.every(({ content }) => content.do_not_index === true));
});

test("BU10 what is about an event that it cannot be about is history, and means nothing", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const message: MadeEvent = { type: "swp.room.message", content: { body: "hello" } };
  const reaction = (action: string, emoji = "👍"): MadeEvent => ({
    type: "swp.room.reaction",
    content: { event_id: "evt-far-3", emoji, action },
  });
  const odd: MadeEvent[] = [
    reaction("add"),
    reaction("add"),
    reaction("remove", "🎉"),
    reaction("add", "no emoji"),
    { type: "swp.room.reaction", content: { event_id: "evt-far-99", emoji: "👍", action: "add" } },
    { type: "swp.room.reaction", content: {} },
    { type: "swp.room.edit", content: { event_id: "evt-far-1", content: { body: "x" } } },
    { type: "swp.room.edit", content: { event_id: "evt-far-3", content: ["x"] } },
    { type: "swp.room.redaction", content: { event_id: "evt-far-2" } },
    { type: "swp.room.edit", content: null },
    { type: "swp.room.name", content: null },
    { type: "swp.strange", content: { a: 1 } },
    { type: "swp.room.message", content: { body: "re", reply_to_event_id: "evt-far-99" } },
    { type: "swp.room.message", content: null, imported: true, sender: null },
    { type: "swp.room.message", content: { body: "no author" }, imported: true, sender: null },
    { type: "swp.room.redaction", content: { event_id: "evt-far-3" } },
    reaction("add", "❤️"),
  ];
  const { data } = assertOk(await importing(alice, bundleOf([message, ...odd])));
  const items: Loose[] = assertOk(await alice.get(`/v1/rooms/${data.id}/messages?limit=200&direction=forward`)).data;
  const first = items.find(({ event_type }) => event_type === "swp.room.message");
  assert.deepEqual([first.content, first.reactions], [null, []]);
  assert.equal(items.filter(({ event_type }) => event_type === "swp.room.history").length, 2 + 11);
});

test("BU12 a room of several slices comes into its importer's sight at once, and they reload", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const since = assertOk(await alice.get("/v1/sync")).data.next_cursor;
  const stream = await StreamClient.open(t, alice);
  const making = importing(alice, bundleOf(many(9000)));
  await until(async () => (await server.db.get("SELECT 1 FROM imports")) !== undefined);
  await bob.say(room, "meanwhile");
  const between = assertOk(await alice.get("/v1/sync")).data.next_cursor;
  const made = assertOk(await making);
  assert.equal(made.data.head, 4 + 2 + 9000);
  assert.equal((await stream.closed()).code, 1012);
  const after = assertOk(await bob.get("/v1/sync")).data.next_cursor;
  const page = async (cursor: string) => assertOk(await alice.get(`/v1/sync?timeout=0&limit=500&since=${cursor}`)).data;
  // From within the import nothing can be told, so that whoever was told of half of it from before it would end there.
  for (const cursor of [since, between]) {
    const cut = await page(cursor);
    assert.deepEqual([cut.reset, cut.events], [true, []]);
    const resumed = await StreamClient.open(t, alice, { since: cursor });
    await resumed.settled();
    assert.deepEqual(
      resumed.frames.map(({ type }) => type),
      ["hello", "reset"],
    );
  }
  assert.deepEqual((await page(after)).events, []);
});

test("BU16 a tenant brings two bundles at a time, another one its own two", async (t) => {
  const server = await startVerified(t);
  const people = await server.people("alice", "bob", "carol", "dave");
  const bundle = bundleOf(many(1500));
  const answers = await atOnce(people.length, (i) => importing(people[i]!, bundle));
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  assert.deepEqual(statuses, [201, 201, 429, 429]);
  assert.equal(answers.find(({ status }) => status === 429)!.error.code, "SW_RATE_LIMIT_EXCEEDED");
  assert.equal(assertOk(await importing(people[0], goodBundle())).status, 201);
});

test("BU13 members, power and personal settings of the source are left behind", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob], { name: "Kitchen" });
  assertOk(await alice.put(`/v1/rooms/${room}/members/${bob.id}/power-level`, { power_level: 100 }));
  assertOk(await bob.put(`/v1/rooms/${room}/notification-mode`, { mode: "none" }));
  const { bytes } = await exported(t, alice, room);
  const { data } = assertOk(await importing(bob, bytes));
  const members: Loose[] = assertOk(await bob.get(`/v1/rooms/${data.id}/members`)).data;
  assert.deepEqual(
    members.map(({ participant_id, power_level }) => [participant_id, power_level]),
    [[bob.id, 100]],
  );
  assert.equal(data.me.notification_mode, "inherit");
  assertRefused(await alice.get(`/v1/rooms/${data.id}`), 404, "SW_ROOM_NOT_FOUND");
});

test("BU17 BU18 a dry run reports what an import does, and makes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const before = await snapshotOf(server);
  const dry = assertOk(await importing(alice, goodBundle(), { dry_run: "true" }));
  assert.deepEqual([dry.status, dry.data], [200, null]);
  assert.deepEqual(await snapshotOf(server), before);
  const report = dry.meta.report as Loose;
  assert.deepEqual(
    { ...report, by_type: report.by_type["swp.room.message"] },
    {
      events: 10,
      by_type: 4,
      media: 1,
      media_bytes: MEDIUM.length,
      authors: 2,
      omitted: [{ what: "content", reason: "redacted", count: 1 }],
      warnings: ["It is not signed: nothing proves where it comes from."],
      signature: "absent",
    },
  );
  assert.deepEqual(assertOk(await importing(alice, goodBundle())).meta, dry.meta);
});

test("BU11 BU19 what caused an event is named by the id that it has here, after a second import too", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  assertOk(await alice.post(`/v1/rooms/${room}/leave`));
  let last = room;
  for (let round = 0; round < 2; round++) {
    last = assertOk(await importing(bob, (await exported(t, bob, last)).bytes)).data.id;
    const history: Loose[] = (await bob.history(last)).filter(
      ({ event_type }: Loose) => event_type === "swp.room.history",
    );
    const of = (type: string) => history.filter(({ content }) => content.event_type === type).at(-1);
    const going = history.find(({ content }) => content.content.cause === "left");
    assert.equal(of("swp.room.power").content.content.cause_event_id, going.id);
  }
});
