import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

/** A room with 12 events: those of its making, an invite and a join, messages and a change of its name. */
async function longRoom(alice: Person, bob: Person): Promise<string> {
  const room = await alice.roomWith([bob]);
  for (let i = 6; i <= 11; i++) await (i % 2 === 0 ? alice : bob).say(room, `at ${i}`);
  assertOk(await alice.put(`/v1/rooms/${room}/name`, { name: "at 12" }));
  return room;
}

test("AP7 history is paged by position, back from the head and forward from the start, each event once", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await longRoom(alice, bob);
  const all = Array.from({ length: 12 }, (_, i) => i + 1);
  for (const direction of ["back", "forward"]) {
    for (const limit of [1, 5, 12, 200]) {
      const positions: number[] = [];
      for (let from = ""; ;) {
        const { data, meta } = assertOk(
          await bob.get(`/v1/rooms/${room}/messages?direction=${direction}&limit=${limit}${from}`),
        );
        positions.push(...data.map((event: { stream_position: number }) => event.stream_position));
        assert.equal(meta.has_more, meta.next_cursor !== null);
        if (!meta.has_more) break;
        assert.equal(meta.next_cursor, String(positions.at(-1)));
        from = `&from=${meta.next_cursor}`;
      }
      assert.deepEqual(positions, direction === "back" ? all.toReversed() : all);
    }
  }
});

test("AP7 history begins below from, going back, and above it, going forward", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await longRoom(alice, bob);
  const positions = async (query: string): Promise<number[]> =>
    assertOk(await bob.get(`/v1/rooms/${room}/messages?${query}`)).data.map(
      (event: { stream_position: number }) => event.stream_position,
    );
  assert.deepEqual(await positions("limit=2"), [12, 11]);
  assert.deepEqual(await positions("limit=2&direction=back"), [12, 11]);
  assert.deepEqual(await positions("limit=2&from=12"), [11, 10]);
  assert.deepEqual(await positions("limit=2&from=999999999999999"), [12, 11]);
  assert.deepEqual(await positions("from=1"), []);
  assert.deepEqual(await positions("from=0"), []);
  assert.deepEqual(await positions("limit=2&direction=forward"), [1, 2]);
  assert.deepEqual(await positions("limit=2&direction=forward&from=0"), [1, 2]);
  assert.deepEqual(await positions("direction=forward&from=11"), [12]);
  assert.deepEqual(await positions("direction=forward&from=12"), []);
  for (const query of [
    "from=-1",
    "from=x",
    "from=01",
    "from=1.5",
    "from=",
    "limit=0",
    "limit=201",
    "direction=up",
    "from=1e3",
    "cursor=1",
  ]) {
    assertRefused(await bob.get(`/v1/rooms/${room}/messages?${query}`), 400, "SW_REQUEST_INVALID");
  }
});

test("RD0 whoever joins later reads the whole history, message for message as its members do", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await longRoom(alice, bob);
  const before = await alice.history(room);
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id }));
  assertRefused(await carol.get(`/v1/rooms/${room}/messages`), 403, "SW_ROOM_FORBIDDEN", "MB4");
  assertOk(await carol.post(`/v1/rooms/${room}/join`));
  const seen = await carol.history(room);
  assert.deepEqual(seen.slice(0, 12), before);
  assert.deepEqual(seen, await alice.history(room));
  for (const event of before) {
    assert.deepEqual(assertOk(await carol.get(`/v1/rooms/${room}/events/${event.id}`)).data, event);
  }
});
