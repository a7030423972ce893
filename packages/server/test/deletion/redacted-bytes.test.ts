import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, Random, rounds, TestServer } from "@stairwell/testing";
import { listAfter } from "../../src/events/index.ts";
import { filesWithAny, withinAMinute } from "../support/bytes.ts";
import { distinct, roomNumber, sayEverything } from "./said.ts";

const PACE = { lead: 20, rest: 40, retry: 20 };
/** A small cell, a whole page, and several overflow pages. */
const SIZES = [0, 300, 4000, 8000, 30_000, 60_000];

test("DEL3 nothing of a redacted message is left, its edits, reactions and salts included, whatever its size", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const server = await TestServer.start(t, { erasurePace: PACE });
  const people = await server.people("alice", "bob", "carol");
  const [alice, bob] = people;
  await server.liftLimits();
  const neighbours = await alice.roomWith([bob]);
  for (let round = 0; round < rounds(40); round++) {
    const body = random.pick([{}, { room_type: "incognito" }]);
    const size = Math.floor(random.pick(SIZES) / 2);
    const { room, message, words } = await sayEverything(people, body, size);
    const about = (await listAfter(server.db, await roomNumber(server, room), 0, 100)).filter(
      ({ eventId, content }) => eventId === message || content!.includes(message),
    );
    assert.equal(about.length, 3, "the message, its edit and its reaction");
    const gone = [words.body, words.edited, words.emoji, ...about.map(({ salt }) => salt!)];
    if (body.room_type === undefined) assert.equal(filesWithAny(server.data, gone).size, gone.length);

    const kept = distinct();
    const traffic = async () => {
      for (let i = 0; i < 10; i++) {
        await bob.say(neighbours, `${kept} ${"y".repeat(random.pick(SIZES))}`);
        await alice.history(room);
      }
    };
    const redact = async () => assertOk(await alice.post(`/v1/rooms/${room}/events/${message}/redact`));
    await Promise.all([traffic(), redact(), traffic()]);
    const history = JSON.stringify(await bob.history(room));
    for (const word of gone) assert(!history.includes(word), "DEL1");
    await withinAMinute(() => filesWithAny(server.data, gone).size === 0, `seed ${seed}, round ${round}: still found`);
    assert.equal(filesWithAny(server.data, [kept]).size, 1);
  }
});

test("DEL3 the text of a reason that an administrator wiped is left in no file", async (t) => {
  const server = await TestServer.start(t, { erasurePace: PACE });
  const [admin, ...people] = await server.people("admin", "alice", "bob", "carol");
  const [alice, bob, carol] = people;
  const { room, words } = await sayEverything(people, {});
  const kick = (await bob.history(room)).find(({ content }) => content.reason === words.reason);
  const path = `/v1/admin/rooms/${room}/events/${kick.id}/redact`;
  assertOk(await admin.post(path, { reason: "it named somebody" }));
  const left = assertOk(await alice.get(`/v1/rooms/${room}/members?membership=leave`)).data;
  assert.deepEqual([left[0].participant_id, left[0].reason], [carol.id, null]);
  await withinAMinute(() => filesWithAny(server.data, [words.reason]).size === 0, "still found");
});
