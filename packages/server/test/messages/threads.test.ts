import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { sweepClosedRooms } from "../../src/events/index.ts";
import { openStage } from "../support/stage.ts";

type Item = { id: string; stream_position: number; reply_count: number };

const threadPath = (room: string, root: string, rest = "") => `/v1/rooms/${room}/messages?thread=${root}${rest}`;

/** All of a thread as one reads it, page by page. */
async function walk(who: Person, room: string, root: string, direction: string, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = ""; ;) {
    const page = assertOk(await who.get(threadPath(room, root, `&direction=${direction}&limit=${limit}${from}`)));
    assert(page.data.length <= limit);
    items.push(...(page.data as Item[]));
    if (page.meta.has_more !== true) {
      assert.equal(page.meta.next_cursor, null);
      return items;
    }
    from = `&from=${String(page.meta.next_cursor)}`;
  }
}

const idsOf = (items: readonly Item[]) => items.map(({ id }) => id);
const countOf = async (who: Person, room: string, event: string): Promise<number> =>
  assertOk(await who.get(`/v1/rooms/${room}/events/${event}`)).data.reply_count;

test("a thread is the replies to one event and nothing else, both ways, on pages of every size", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const root = await alice.say(room, "root");
  const other = await bob.say(room, "another root");
  const replies: string[] = [];
  for (let i = 0; i < 7; i++) {
    const reply = await (i % 2 === 0 ? alice : bob).say(room, `reply ${i}`, { reply_to_event_id: root.id });
    replies.push(reply.id as string);
    await bob.say(room, "beside it", i % 3 === 0 ? { reply_to_event_id: other.id } : {});
  }
  for (const limit of [1, 2, 3, 6, 7, 8, 200]) {
    assert.deepEqual(idsOf(await walk(bob, room, root.id, "forward", limit)), replies);
    assert.deepEqual(idsOf(await walk(alice, room, root.id, "back", limit)), replies.toReversed());
  }
  const newest = assertOk(await alice.get(threadPath(room, root.id)));
  assert.deepEqual(idsOf(newest.data as Item[]), replies.toReversed(), "newest first unless told");
  const third = assertOk(await alice.get(`/v1/rooms/${room}/events/${replies[2]}`)).data as Item;
  const from = `&from=${third.stream_position}`;
  const before = assertOk(await alice.get(threadPath(room, root.id, from))).data as Item[];
  const after = assertOk(await alice.get(threadPath(room, root.id, `&direction=forward${from}`))).data as Item[];
  assert.deepEqual(idsOf(before), [replies[1], replies[0]]);
  assert.deepEqual(idsOf(after), replies.slice(3));
  assert.deepEqual([await countOf(alice, room, root.id), await countOf(bob, room, other.id)], [7, 3]);
});

test("a reply to a reply is in that one's thread, and any event can be answered", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const created = (await alice.history(room))[0] as Item;
  const one = await bob.say(room, "one", { reply_to_event_id: created.id });
  // Far apart: the counts of a thread's page are not found by walking what lies between.
  for (let i = 0; i < 40; i++) await alice.say(room, "meanwhile", { reply_to_event_id: one.id });
  const two = await bob.say(room, "two", { reply_to_event_id: created.id });
  const deeper = await bob.say(room, "deeper", { reply_to_event_id: two.id });
  const thread = await walk(alice, room, created.id, "forward", 50);
  assert.deepEqual(
    thread.map(({ id, reply_count }) => [id, reply_count]),
    [
      [one.id, 40],
      [two.id, 1],
    ],
  );
  assert.deepEqual(idsOf(await walk(alice, room, two.id, "forward", 50)), [deeper.id]);
  assert.deepEqual(await walk(alice, room, deeper.id, "forward", 50), []);
  const history = (await alice.history(room)) as Item[];
  for (const item of history) {
    const expected = item.id === created.id ? 2 : item.id === one.id ? 40 : item.id === two.id ? 1 : 0;
    assert.equal(item.reply_count, expected, item.id);
  }
});

test("AP2 the thread of an event that is not of this room is no thread", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const [room, elsewhere] = [await alice.roomWith([bob]), await alice.roomWith([])];
  const root = await alice.say(elsewhere, "elsewhere");
  await alice.say(elsewhere, "reply", { reply_to_event_id: root.id });
  for (const event of [root.id, "evt-nothing", "x", "%00"]) {
    for (const rest of ["", "&direction=forward", "&from=1"]) {
      assertRefused(await bob.get(threadPath(room, event, rest)), 404, "SW_EVENT_NOT_FOUND");
    }
  }
  assertRefused(await carol.get(threadPath(room, root.id)), 404, "SW_ROOM_NOT_FOUND");
  assertRefused(await alice.get(threadPath(room, "")), 400, "SW_REQUEST_INVALID");
});

for (const verb of ["leave", "kick", "ban"] as const) {
  test(`MB10 a thread ends, and its count stands still, with one's ${verb}`, async (t) => {
    const { alice, bob } = await openStage(t, ["alice", "bob"]);
    const room = await alice.roomWith([bob]);
    const root = await alice.say(room, "root");
    const reply = async () => (await alice.say(room, "reply", { reply_to_event_id: root.id })).id as string;
    const before = [await reply(), await reply()];
    if (verb === "leave") assertOk(await bob.post(`/v1/rooms/${room}/leave`));
    else assertOk(await alice.post(`/v1/rooms/${room}/${verb}`, { participant_id: bob.id }));
    const after = [await reply(), await reply(), await reply()];
    for (const limit of [1, 2, 3, 200]) {
      assert.deepEqual(idsOf(await walk(bob, room, root.id, "forward", limit)), before);
      assert.deepEqual(idsOf(await walk(bob, room, root.id, "back", limit)), before.toReversed());
      assert.deepEqual(idsOf(await walk(alice, room, root.id, "forward", limit)), [...before, ...after]);
    }
    assert.deepEqual(assertOk(await bob.get(threadPath(room, root.id, "&from=1000"))).data.length, 2);
    assert.deepEqual([await countOf(alice, room, root.id), await countOf(bob, room, root.id)], [5, 2]);
    assertRefused(await bob.get(threadPath(room, after[0]!)), 404, "SW_EVENT_NOT_FOUND");
  });
}

test("EV4 a redacted reply leaves its thread and its count, wherever in it it stood, and only once", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const root = await alice.say(room, "root");
  const replies: string[] = [];
  const reply = async () => replies.push((await bob.say(room, "reply", { reply_to_event_id: root.id })).id as string);
  const redact = (id: string) => alice.post(`/v1/rooms/${room}/events/${id}/redact`);
  const expect = async (...left: number[]) => {
    const ids = left.map((i) => replies[i]!);
    assert.deepEqual(idsOf(await walk(bob, room, root.id, "forward", 2)), ids);
    assert.deepEqual(idsOf(await walk(bob, room, root.id, "back", 2)), ids.toReversed());
    assert.equal(await countOf(bob, room, root.id), ids.length);
  };
  for (let i = 0; i < 6; i++) await reply();
  for (const i of [2, 2]) assertOk(await redact(replies[i]!));
  await expect(0, 1, 3, 4, 5);
  assertOk(await redact(replies[5]!));
  await reply();
  await expect(0, 1, 3, 4, 6);
  for (const i of [0, 1, 3, 4, 6]) assertOk(await redact(replies[i]!));
  await expect();
  await reply();
  await expect(7);
  // The thread of a redacted message stays its own.
  assertOk(await redact(root.id));
  await expect(7);
});

test("EV4 MB10 for one who has left, replies redacted since are gone too, and later ones were never there", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const root = await alice.say(room, "root");
  const reply = async () => (await alice.say(room, "reply", { reply_to_event_id: root.id })).id as string;
  const redact = async (id: string) => assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
  const seen = [await reply(), await reply(), await reply(), await reply()];
  await redact(seen[1]!);
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  const later = [await reply(), await reply()];
  const expect = async (...ids: string[]) => {
    assert.deepEqual(idsOf(await walk(bob, room, root.id, "forward", 2)), ids);
    assert.equal(await countOf(bob, room, root.id), ids.length);
  };
  await expect(seen[0]!, seen[2]!, seen[3]!);
  await redact(later[0]!);
  await expect(seen[0]!, seen[2]!, seen[3]!);
  // The last one in sight.
  await redact(seen[3]!);
  await expect(seen[0]!, seen[2]!);
  await redact(seen[0]!);
  await redact(seen[2]!);
  await expect();
  assert.equal(await countOf(alice, room, root.id), 1);
});

test("EV3 an edit moves a message to no other thread, whatever it says it answers", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const [one, two] = [await alice.say(room, "one"), await alice.say(room, "two")];
  const reply = await bob.say(room, "reply", { reply_to_event_id: one.id });
  const plain = await bob.say(room, "plain");
  const edit = (id: string, reply_to_event_id?: string) =>
    bob.post(`/v1/rooms/${room}/events/${id}/edit`, {
      content: { body: "edited", ...(reply_to_event_id && { reply_to_event_id }) },
    });
  for (const call of [edit(reply.id, two.id), edit(plain.id, two.id)]) await call;
  assertOk(await edit(reply.id));
  assert.deepEqual(idsOf(await walk(alice, room, one.id, "forward", 9)), [reply.id]);
  assert.deepEqual(await walk(alice, room, two.id, "forward", 9), []);
  assert.deepEqual([await countOf(alice, room, one.id), await countOf(alice, room, two.id)], [1, 0]);
});

test("DEL1 of a closed incognito room nothing says what answered what, before the sweep as after it", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "incognito" });
  const root = await alice.say(room, "root");
  await bob.say(room, "reply", { reply_to_event_id: root.id });
  assert.equal(await countOf(bob, room, root.id), 1);
  assertOk(await alice.post(`/v1/rooms/${room}/close`));
  const assertNothing = async () => {
    assert.equal(await countOf(bob, room, root.id), 0);
    assert(((await bob.history(room)) as Item[]).every(({ reply_count }) => reply_count === 0));
    for (const direction of ["back", "forward"]) assert.deepEqual(await walk(bob, room, root.id, direction, 5), []);
  };
  await assertNothing();
  await sweepClosedRooms(server.db);
  await assertNothing();
});
