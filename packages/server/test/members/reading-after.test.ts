import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

const GOINGS = {
  "who left": (room: RoomUnderTest, bob: Person, _alice: Person) => bob.post(room.path("/leave")),
  "who was kicked": (room: RoomUnderTest, bob: Person, alice: Person) =>
    alice.post(room.path("/kick"), { participant_id: bob.id }),
  "who was banned": (room: RoomUnderTest, bob: Person, alice: Person) =>
    alice.post(room.path("/ban"), { participant_id: bob.id }),
};

for (const [who, go] of Object.entries(GOINGS)) {
  for (const [kind, body] of [
    ["a group", {}],
    ["a public room", { room_type: "public" }],
  ] as const) {
    test(`MB10 somebody ${who} reads ${kind} up to that event and nothing later, by every route`, async (t) => {
      const server = await startVerified(t);
      const [alice, bob] = await server.people("alice", "bob");
      const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
      const early = await alice.say(room.id, "early");
      assertOk(await go(room, bob, alice));
      const going = await room.head();
      const late = await alice.say(room.id, "late", { reply_to_event_id: early.id, mentions: [bob.id] });
      assertOk(await alice.put(room.path("/name"), { name: "Renamed since" }));

      const whole = (await alice.history(room.id)).slice(0, going).map((event) => ({ ...event, reply_count: 0 }));
      assert.equal(whole.length, going);
      assert.deepEqual(await bob.history(room.id), whole);
      const page = async (query: string) => {
        const { data, meta } = assertOk(await bob.get(room.path(`/messages?${query}`)));
        return [data.map((event: { stream_position: number }) => event.stream_position), meta];
      };
      const down = Array.from({ length: going }, (_, i) => going - i);
      assert.deepEqual(await page("limit=200"), [down, { has_more: false, next_cursor: null }]);
      assert.deepEqual(await page(`from=${going + 100}&limit=200`), [down, { has_more: false, next_cursor: null }]);
      assert.deepEqual(await page(`direction=forward&from=${going - 1}`), [
        [going],
        { has_more: false, next_cursor: null },
      ]);
      assert.deepEqual(await page(`direction=forward&from=${going}`), [[], { has_more: false, next_cursor: null }]);
      assert.deepEqual(await page(`direction=forward&from=0&limit=${going}`), [
        down.toReversed(),
        { has_more: false, next_cursor: null },
      ]);

      const again = assertOk(await bob.get(room.path(`/events/${early.id}`))).data;
      assert.deepEqual([again.content.body, again.reply_count], ["early", 0]);
      await room.refuses(() => bob.get(room.path(`/events/${late.id}`)), 404, "SW_EVENT_NOT_FOUND");
      for (const path of ["/members", "/state"])
        await room.refuses(() => bob.get(room.path(path)), 403, "SW_ROOM_FORBIDDEN");
      for (const { id } of [early, late]) {
        await room.refuses(() => bob.put(room.path("/read"), { event_id: id }), 403, "SW_ROOM_FORBIDDEN");
      }
      const { rooms, totals } = assertOk(await bob.get("/v1/rooms/unread")).data;
      assert.deepEqual([rooms, totals.unread_count, totals.mention_count], [[], 0, 0]);
    });
  }
}

test("MB10 what was read at a leave stays readable when the room is archived and closed", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await bob.post(room.path("/leave")));
  const before = await bob.history(room.id);
  for (const verb of ["archive", "close"]) {
    assertOk(await alice.post(room.path(`/${verb}`)));
    assert.deepEqual(await bob.history(room.id), before);
    await room.refuses(() => bob.get(room.path()), 403, "SW_ROOM_FORBIDDEN", "VS3");
  }
});

test("MB10 the newest going counts, an invite since opens nothing more, and a new stay opens everything", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const last = async () => (await bob.history(room.id)).at(-1).stream_position;
  assertOk(await bob.post(room.path("/leave")));
  const first = await room.head();
  await alice.say(room.id, "between the stays");
  assert.equal(await last(), first);
  assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
  assert.equal(await last(), first);
  assertOk(await bob.post(room.path("/join")));
  assert.deepEqual(await bob.history(room.id), await alice.history(room.id));
  assertOk(await alice.post(room.path("/kick"), { participant_id: bob.id }));
  const second = await room.head();
  await alice.say(room.id, "after all");
  assert.equal(await last(), second);
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
  assert.equal(await last(), second);
});

test("MB10 somebody who only was invited has nothing to read, whatever became of it", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([], { invite: [bob.id, carol.id] }), alice);
  assertOk(await bob.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/kick"), { participant_id: carol.id }));
  assertOk(await alice.post(room.path("/ban"), { participant_id: dave.id }));
  for (const who of [bob, carol, dave])
    await room.refuses(() => who.get(room.path("/messages")), 403, "SW_ROOM_FORBIDDEN");
});
