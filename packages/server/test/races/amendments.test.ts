import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, freshSeed, Random, rounds } from "@stairwell/testing";
import { EventUnderTest } from "../messages/amend.ts";
import { assertSound, AT_ONCE, logOf, openCrowd, racing, tally } from "./crowd.ts";

test("EV4 an edit that meets a redaction is gone with it or refused, whichever comes first", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const [author, moderator] = people;
  const room = await moderator!.roomWith([author!]);
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < rounds(100); round++) {
    const event = new EventUnderTest(room, await author!.say(room, "one"));
    const [redacted, edits] = await racing(
      random,
      () => event.redact(moderator!),
      (i) => (i % 2 === 0 ? event.edit(author!, { body: `edit ${i}` }) : event.react(author!, `:e${i}:`)),
    );
    assertOk(redacted);
    for (const { status, error } of edits) {
      if (status !== 200) assert.match(error.code, /SW_EDIT_FORBIDDEN|SW_ROOM_FORBIDDEN/, `seed ${seed}`);
    }
    const seen = assertOk(await event.get(author!)).data;
    assert.deepEqual([seen.content, seen.original_content, seen.reactions], [null, undefined, []], `seed ${seed}`);
  }
  const left = await server.db.get<{ n: number }>(
    "SELECT count(*) AS n FROM events WHERE event_type IN ('swp.room.edit', 'swp.room.reaction') AND content IS NOT NULL",
  );
  assert.equal(left!.n, 0);
  await assertSound(server);
});

test("EV5 the same reaction many times at once is one event, and its removal too", async (t) => {
  const { server, people } = await openCrowd(t, 3);
  const [alice, ...others] = people;
  const room = await alice!.roomWith(others);
  for (let round = 0; round < rounds(100); round++) {
    const event = new EventUnderTest(room, await alice!.say(room, "one"));
    const head = (await logOf(server, room)).length;
    const added = await atOnce(AT_ONCE, (i) => event.react(people[i % 3]!, "👍"));
    assert.deepEqual(tally(added), { 200: AT_ONCE });
    assert.equal((await logOf(server, room)).length, head + 3);
    assert.deepEqual(assertOk(await event.get(alice!)).data.reactions, [{ emoji: "👍", count: 3, me: true }]);
    const removed = await atOnce(AT_ONCE, (i) => event.unreact(people[i % 3]!, "👍"));
    assert.deepEqual(tally(removed), { 200: AT_ONCE });
    assert.equal((await logOf(server, room)).length, head + 6);
    assert.deepEqual(assertOk(await event.get(alice!)).data.reactions, []);
  }
  await assertSound(server);
});

test("EV5 the last place for an emoji is given once", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const room = await people[0]!.roomWith([people[1]!]);
  for (let round = 0; round < rounds(20); round++) {
    const event = new EventUnderTest(room, await people[0]!.say(room, "one"));
    for (let n = 0; n < 49; n++) assertOk(await event.react(people[0]!, `:e${n}:`));
    const answers = await atOnce(AT_ONCE, (i) => event.react(people[i % 2]!, `:late${i}:`));
    assert.deepEqual(tally(answers), { 200: 1, "409 SW_EVENT_CAPACITY EV5": AT_ONCE - 1 });
  }
  await assertSound(server);
});

test("EV4 redactions of one message at once are one event", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const room = await people[0]!.roomWith([people[1]!]);
  for (let round = 0; round < rounds(100); round++) {
    const event = new EventUnderTest(room, await people[1]!.say(room, "one"));
    const head = (await logOf(server, room)).length;
    const answers = await atOnce(AT_ONCE, (i) => event.redact(people[i % 2]!));
    assert.deepEqual(tally(answers), { 200: AT_ONCE });
    assert.equal((await logOf(server, room)).length, head + 1);
  }
  await assertSound(server);
});
