import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { assertSound, AT_ONCE, logOf, openCrowd, racing, tally } from "./crowd.ts";

/** So many people that each round has a pair of its own. */
function pairsOf(people: readonly Person[], count: number): [Person, Person][] {
  const pairs = people.flatMap((one, i) => people.slice(i + 1).map((other): [Person, Person] => [one, other]));
  assert(pairs.length >= count);
  return pairs.slice(0, count);
}

const peopleFor = (pairs: number): number => Math.ceil((1 + Math.sqrt(1 + 8 * pairs)) / 2);

test("DM1 opens from both sides at once make one room, answered 201 once", async (t) => {
  const count = rounds(200);
  const { server, people } = await openCrowd(t, peopleFor(count));
  for (const [one, other] of pairsOf(people, count)) {
    const opened = await atOnce(AT_ONCE, (i) => {
      const [from, to] = i % 2 === 0 ? [one, other] : [other, one];
      return from.post("/v1/rooms/dm", { participant_id: to.id });
    });
    assert.deepEqual(tally(opened), { 200: AT_ONCE - 1, 201: 1 });
    const ids = new Set(opened.map(({ data }) => data.id));
    assert.equal(ids.size, 1);
    const log = await logOf(server, [...ids][0]!);
    assert.deepEqual(
      log.map(({ event_type }) => event_type),
      ["swp.room.create", "swp.room.member", "swp.room.member"],
    );
  }
  const rooms = await server.db.get<{ n: number }>("SELECT count(*) AS n FROM rooms");
  assert.equal(rooms?.n, count);
  await assertSound(server);
});

test("DM1 DM5 opens that meet a close never leave two rooms that are not closed", async (t) => {
  const count = rounds(200);
  const { server, people } = await openCrowd(t, peopleFor(count));
  const seed = freshSeed();
  const random = new Random(seed);
  let [before, reopened] = [0, 0];
  for (const [one, other] of pairsOf(people, count)) {
    const first = assertOk(await one.post("/v1/rooms/dm", { participant_id: other.id })).data.id;
    const [closed, answers] = await racing(
      random,
      () => one.post(`/v1/rooms/${first}/close`),
      (i) => {
        const [from, to] = i % 2 === 0 ? [one, other] : [other, one];
        return from.post("/v1/rooms/dm", { participant_id: to.id });
      },
    );
    assertOk(closed);
    const made = answers.filter(({ status }) => status === 201);
    assert(made.length <= 1, `seed ${seed}: ${made.length} rooms were made`);
    const second = made[0]?.data.id;
    for (const answer of answers) assert([first, second].includes(assertOk(answer).data.id), `seed ${seed}`);
    if (answers.some(({ data }) => data.id === first)) before++;
    const last = assertOk(await other.post("/v1/rooms/dm", { participant_id: one.id }));
    assert.equal(last.status, second === undefined ? 201 : 200);
    if (second !== undefined) {
      assert.equal(last.data.id, second);
      reopened++;
    }
    const left = await server.db.all(
      "SELECT 1 FROM rooms r JOIN rooms f ON f.dm_low = r.dm_low AND f.dm_high = r.dm_high WHERE f.room_id = $1 AND r.state <> 'closed'",
      first,
    );
    assert.equal(left.length, 1, `seed ${seed}`);
  }
  t.diagnostic(
    `seed ${seed}: of ${count} rounds, in ${before} an open came before the close and in ${reopened} after it`,
  );
  assert(before > 0 && reopened > 0, `seed ${seed}: one order never came`);
  await assertSound(server);
});

test("DM4 messages and opens that meet a leave bring the other side back once", async (t) => {
  const count = rounds(200);
  const { server, people } = await openCrowd(t, peopleFor(count));
  for (const [one, other] of pairsOf(people, count)) {
    const room = assertOk(await one.post("/v1/rooms/dm", { participant_id: other.id })).data.id;
    assertOk(await other.post(`/v1/rooms/${room}/leave`));
    const answers = await atOnce(AT_ONCE, (i) =>
      i % 2 === 0
        ? one.post(`/v1/rooms/${room}/send`, { content: { body: `${i}` } })
        : other.post("/v1/rooms/dm", { participant_id: one.id }),
    );
    answers.forEach(assertOk);
    const log = await logOf(server, room);
    assert.deepEqual(
      log.map(({ position }) => position),
      log.map((_, i) => i + 1),
    );
    // Create, both sides, the leave, the return, and each message.
    assert.equal(log.filter(({ event_type }) => event_type === "swp.room.member").length, 4);
    assert.equal(log.length, 5 + AT_ONCE / 2);
  }
  await assertSound(server);
});
