import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { assertSound, logOf, openCrowd, racing } from "./crowd.ts";

const ROUNDS = rounds(1000, 20);

test("LC1 nothing is appended to a room after its close", async (t) => {
  const { server, people } = await openCrowd(t, 4);
  const [alice, bob, carol, dave] = people as [Person, Person, Person, Person];
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([bob, carol], { room_type: "public" });
    const path = `/v1/rooms/${room}`;
    const [closed] = await racing(
      random,
      () => alice.post(`${path}/close`),
      (i) => {
        switch (random.int(0, 5)) {
          case 0:
            return dave.post(`${path}/join`);
          case 1:
            return bob.post(`${path}/invite`, { participant_id: dave.id });
          case 2:
            return alice.put(`${path}/topic`, { topic: `${i}` });
          case 3:
            return alice.post(`${path}/archive`);
          case 4:
            return alice.post(`${path}/rejoin`);
          default:
            return carol.post(`${path}/send`, { content: { body: `${i}` } });
        }
      },
    );
    assertOk(closed);
    const log = await logOf(server, room);
    const end = log.findIndex(
      ({ event_type, content }) => event_type === "swp.room.state" && content.includes("closed"),
    );
    assert.equal(end, log.length - 1, `seed ${seed}`);
  }
  await assertSound(server);
});
