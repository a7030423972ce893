import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds, TestServer } from "@stairwell/testing";
import { findRoomKey } from "../../src/events/index.ts";
import { filesWithAny, spellingsOf, withinAMinute } from "../support/bytes.ts";
import { roomNumber } from "./said.ts";

const PACE = { lead: 20, rest: 40, retry: 20 };

test("DEL3 no byte of the key of a closed incognito room is left, in whatever order rooms come and go", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const server = await TestServer.start(t, { erasurePace: PACE });
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const open = new Map<string, Buffer>();
  const dead: Buffer[] = [];

  const make = async () => {
    const room = await alice.roomWith([], { room_type: "incognito" });
    open.set(room, Buffer.from((await findRoomKey(server.db, await roomNumber(server, room)))!));
  };
  const close = async (room: string) => {
    dead.push(open.get(room)!);
    open.delete(room);
    assertOk(await alice.post(`/v1/rooms/${room}/close`));
  };

  for (let round = 0; round < rounds(30); round++) {
    await Promise.all(Array.from({ length: 40 }, make));
    assert.equal(filesWithAny(server.data, open.values()).size, open.size, "keys of open rooms are there to be found");
    const going = [...open.keys()].filter(() => random.chance(0.6));
    await Promise.all([...going.map(close), ...Array.from({ length: 10 }, make), talk(bob)]);
    const spellings = dead.flatMap(spellingsOf);
    await withinAMinute(() => filesWithAny(server.data, spellings).size === 0, `seed ${seed}, round ${round}: a key`);
  }
  assert.equal(filesWithAny(server.data, open.values()).size, open.size);
});

/** Others write and read meanwhile. */
async function talk(bob: Person): Promise<void> {
  const room = await bob.roomWith([]);
  for (let i = 0; i < 20; i++) {
    await bob.say(room, `word ${i}`);
    await bob.history(room);
  }
}
