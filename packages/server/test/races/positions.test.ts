import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, freshSeed, Random, rounds } from "@stairwell/testing";
import { assertSound, AT_ONCE, logOf, openCrowd } from "./crowd.ts";

/** Messages that each person has under way at once. */
const EACH = 4;
const ROOMS = 3;

test("MB17 sends of many at once into many rooms leave no gap, and each answer's place is the event's", async (t) => {
  const { server, people } = await openCrowd(t, AT_ONCE);
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < rounds(200); round++) {
    const rooms = await atOnce(ROOMS, async (i) => {
      const room = await people[i]!.roomWith([], { room_type: "public" });
      await Promise.all(people.map(async (person) => assertOk(await person.post(`/v1/rooms/${room}/join`))));
      return room;
    });
    const heads = new Map<string, number>();
    for (const room of rooms) heads.set(room, (await logOf(server, room)).length);

    // Every other round all go into one room.
    const targets = round % 2 === 0 ? rooms : rooms.slice(0, 1);
    const sent = await atOnce(AT_ONCE * EACH, async (i) => {
      const room = random.pick(targets);
      const text = `${round}/${i}`;
      return { room, text, event: await people[i % AT_ONCE]!.say(room, text) };
    });
    for (const room of rooms) {
      const here = sent.filter((one) => one.room === room);
      const log = await logOf(server, room);
      assert.equal(log.length, heads.get(room)! + here.length, `seed ${seed}`);
      let ordinal = 0;
      for (const [i, event] of log.entries()) {
        if (event.event_type === "swp.room.message") ordinal++;
        assert.deepEqual([event.position, event.ordinal], [i + 1, ordinal], `seed ${seed}`);
      }
      for (const { event, text } of here) {
        const stored = log[event.stream_position - 1]!;
        assert.equal(stored.event_id, event.id);
        assert.equal(JSON.parse(stored.content).body, text);
      }
      assert.equal(assertOk(await people[0]!.get(`/v1/rooms/${room}`)).data.head, log.length);
    }
  }
  await assertSound(server);
});

test("MB17 changes of every kind at once leave no gap and every row equal to the log", async (t) => {
  const { server, people } = await openCrowd(t, AT_ONCE);
  const seed = freshSeed();
  const random = new Random(seed);
  const [admin, ...others] = people;
  for (let round = 0; round < rounds(200); round++) {
    const room = await admin!.roomWith(others.slice(0, 8), { room_type: "public" });
    const path = `/v1/rooms/${room}`;
    await atOnce(AT_ONCE * 2, async (i) => {
      const who = random.pick(others);
      switch (random.int(0, 9)) {
        case 0:
          return admin!.put(`${path}/name`, { name: `name ${i}` });
        case 1:
          return admin!.put(`${path}/topic`, { topic: `topic ${i}` });
        case 2:
          return admin!.post(`${path}/kick`, { participant_id: who.id });
        case 3:
          return admin!.post(`${path}/invite`, { participant_id: who.id });
        case 4:
          return admin!.put(`${path}/members/${who.id}/power-level`, { power_level: random.int(0, 99) });
        case 5:
        case 6:
          return who.post(`${path}/join`);
        case 7:
          return who.post(`${path}/leave`);
        default:
          return who.post(`${path}/send`, { content: { body: `${i}`, mentions: [random.pick(people).id] } });
      }
    });
    const log = await logOf(server, room);
    assert.deepEqual(
      log.map(({ position }) => position),
      log.map((_, i) => i + 1),
      `seed ${seed}`,
    );
    const history = await admin!.history(room);
    assert.deepEqual(
      history.map(({ id }) => id),
      log.map(({ event_id }) => event_id),
    );
  }
  await assertSound(server);
});
