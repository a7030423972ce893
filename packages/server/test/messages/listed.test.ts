import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, Random, freshSeed, rounds } from "@stairwell/testing";
import type { Reader, Value } from "../../src/db/index.ts";
import { amendmentsOf, listListed } from "../../src/amendments/index.ts";
import type { RoomRef } from "../../src/events/index.ts";
import { openStage } from "../support/stage.ts";
import { EventUnderTest, recordOf } from "./amend.ts";

const ABOUT = ["swp.room.edit", "swp.room.reaction", "swp.room.redaction"];

test("EV3 EV5 lists leave out edits, reactions and redactions, and page by page nothing else", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`STAIRWELL_SEED=${seed}`);
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  for (let round = 0; round < rounds(40); round++) {
    const random = new Random(seed + round);
    const room = await alice.roomWith([bob]);
    let event = new EventUnderTest(room, await alice.say(room, "first"));
    for (let step = 0; step < 40; step++) {
      if (random.chance(0.3)) event = new EventUnderTest(room, await alice.say(room, `m${step}`));
      else if (random.chance(0.2)) assertOk(await event.edit(alice, { body: `e${step}` }));
      else if (random.chance(0.1)) {
        assertOk(await event.redact(alice));
        event = new EventUnderTest(room, await alice.say(room, "next"));
      } else await (random.chance(0.5) ? event.react : event.unreact).call(event, bob, random.pick(["👍", "🎉"]));
    }
    const log = await recordOf(server, room);
    const due = log.filter(({ event_type }) => !ABOUT.includes(event_type)).map(({ position }) => position);
    for (const direction of ["back", "forward"] as const) {
      for (const limit of [1, 2, 7, 200]) {
        const seen: number[] = [];
        for (let from = ""; ;) {
          const query = `direction=${direction}&limit=${limit}${from}`;
          const page = assertOk(await bob.get(`/v1/rooms/${room}/messages?${query}`));
          seen.push(...page.data.map(({ stream_position }: { stream_position: number }) => stream_position));
          assert.equal(page.meta.has_more, page.meta.next_cursor !== null);
          if (page.meta.has_more !== true) break;
          assert.equal(page.data.length, limit);
          from = `&from=${String(page.meta.next_cursor)}`;
        }
        assert.deepEqual(seen, direction === "back" ? due.toReversed() : due, `seed ${seed + round}`);
      }
      // From anywhere, places of events that are left out among them.
      const from = random.int(0, log.length + 2);
      const { data } = assertOk(
        await bob.get(`/v1/rooms/${room}/messages?direction=${direction}&limit=3&from=${from}`),
      );
      const beyond = due.filter((at) => (direction === "back" ? at < from : at > from));
      assert.deepEqual(
        data.map(({ stream_position }: { stream_position: number }) => stream_position),
        (direction === "back" ? beyond.toReversed() : beyond).slice(0, 3),
        `seed ${seed + round}, from ${from}`,
      );
    }
  }
});

/** A reader that counts its statements. */
class Counting implements Reader {
  readonly #reader: Reader;
  statements = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    this.statements++;
    return this.#reader.get(sql, ...values);
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    this.statements++;
    return this.#reader.all(sql, ...values);
  }
}

test("EV3 EV5 a page costs as many statements with hundreds of amendments as with a few", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  const costs: number[] = [];
  for (const times of [1, 8]) {
    const room = await alice.roomWith([bob]);
    for (let n = 0; n < 3 * times; n++) {
      const event = new EventUnderTest(room, await alice.say(room, `m${n}`));
      assertOk(await event.edit(alice, { body: `e${n}` }));
      for (let toggle = 0; toggle < times; toggle++) {
        assertOk(await event.react(bob, "👍"));
        if (toggle < times - 1) assertOk(await event.unreact(bob, "👍"));
      }
    }
    await server.db.snapshot(async (reader) => {
      const row = await reader.get<{ tenant_no: number; room_no: number }>(
        "SELECT tenant_no, room_no FROM rooms WHERE room_id = $1",
        room,
      );
      const at = { tenantNo: row!.tenant_no, roomNo: row!.room_no, roomId: room } as RoomRef;
      const counting = new Counting(reader);
      const events = await listListed(counting, at, { from: Infinity, direction: "back", limit: 51, end: Infinity });
      const positions = events.map(({ position }) => position);
      for (const readableTo of [Infinity, 10_000]) {
        const amended = await amendmentsOf(counting, at, positions, { participantNo: 1, readableTo });
        assert([...amended.values()].every(({ edit, reactions }) => edit !== undefined && reactions[0]!.count === 1));
        assert.equal(amended.size, Math.min(51, 3 * times));
      }
      costs.push(counting.statements);
    });
  }
  assert.equal(costs[0], costs[1]);
});
