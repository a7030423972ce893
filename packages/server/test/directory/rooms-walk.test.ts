import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, Random, rounds, TestClock } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { assertOnceEach, walk } from "./walk.ts";

const SORTS = ["activity", "name", "members"] as const;
type Sort = (typeof SORTS)[number];

/** What changes a room's place in each sort. */
const MOVES: Readonly<Record<Sort, readonly Act[]>> = {
  activity: ["join", "leave", "say", "rename"],
  name: ["rename"],
  members: ["join", "leave"],
};
const ACTS = ["join", "leave", "say", "rename", "make", "retopic"] as const;
type Act = (typeof ACTS)[number];

for (const sort of SORTS) {
  test(`AP7 a walk by ${sort} gives every room that stays in its place exactly once, whatever else moves`, async (t) => {
    const seed = freshSeed();
    t.diagnostic(`STAIRWELL_SEED=${seed}`);
    const random = new Random(seed);
    const clock = new TestClock();
    const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"], { clock });
    await server.liftLimits();
    const rooms: string[] = [];
    for (let i = 0; i < 40; i++) {
      // Many share a key: ties must be walked as well.
      const name = `Room ${random.int(0, 9)}`;
      rooms.push(
        await alice.roomWith(random.chance(0.5) ? [bob] : [], {
          name,
          room_type: random.chance(0.2) ? "group" : "public",
          is_public: true,
        }),
      );
      if (random.chance(0.3)) clock.advance(60_000);
    }
    for (let round = 0; round < rounds(20); round++) {
      const moved = new Set<string>();
      const act = async (): Promise<void> => {
        const what = random.pick(ACTS);
        const room = random.pick(rooms);
        if (MOVES[sort].includes(what)) moved.add(room);
        // Bob, who walks, passes from the rooms of others to his own and back.
        const who = random.chance(0.5) ? bob : carol;
        if (what === "join" || what === "leave") await who.post(`/v1/rooms/${room}/${what}`);
        if (what === "say") assertOk(await alice.post(`/v1/rooms/${room}/send`, { content: {} }));
        if (what === "rename")
          assertOk(await alice.put(`/v1/rooms/${room}/name`, { name: `Room ${random.int(0, 9)}` }));
        if (what === "retopic" && sort !== "activity")
          assertOk(await alice.put(`/v1/rooms/${room}/topic`, { topic: `${random.next()}` }));
        if (what === "make") await alice.roomWith([], { name: `Room ${random.int(0, 9)}`, room_type: "public" });
      };
      const listed = await walk(bob, `/v1/directory/rooms?sort=${sort}`, random.int(3, 9), async (page) => {
        // Enough is left where it was, however many pages there are.
        if (page > 12) return;
        clock.advance(30_000);
        await Promise.all([act(), act()]);
      });
      const stayed = rooms.filter((room) => !moved.has(room));
      assert(stayed.length > 5, "everything moved");
      assertOnceEach(listed, "id", stayed);
    }
  });
}

test("AP7 an undisturbed walk gives all rooms in order, whatever the page", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  for (let i = 0; i < 12; i++)
    await alice.roomWith(i % 3 === 0 ? [bob] : [], { name: `Room ${i % 5}`, room_type: "public" });
  for (const sort of SORTS) {
    const whole = await walk(bob, `/v1/directory/rooms?sort=${sort}`, 200);
    assert.equal(whole.length, 12);
    for (const limit of [1, 2, 5, 11, 12]) {
      assert.deepEqual(await walk(bob, `/v1/directory/rooms?sort=${sort}`, limit), whole, `${sort}, ${limit} a page`);
    }
  }
});

test("AP7 archived rooms are walked in order, each once", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob } = await openStage(t, ["alice", "bob"], { clock });
  await server.liftLimits();
  const archived: string[] = [];
  for (let i = 0; i < 9; i++) {
    const room = await alice.roomWith([bob], { name: `Room ${i}` });
    assertOk(await alice.post(`/v1/rooms/${room}/archive`));
    // Three at each instant: ties must be walked as well.
    if (i % 3 === 2) clock.advance(1);
    archived.unshift(room);
  }
  for (const limit of [1, 4, 9]) {
    const rows = await walk(bob, "/v1/rooms/archived", limit);
    assert.deepEqual(
      rows.map(({ id }) => id),
      archived,
    );
  }
});
