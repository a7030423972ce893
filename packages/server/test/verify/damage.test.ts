import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { TestServer } from "@stairwell/testing";

/** What was done to a sound store, and what must be found. */
const DAMAGE: readonly [what: string, sql: string, found: RegExp][] = [
  [
    "a content whose salt is gone",
    "UPDATE events SET content = '{}', salt = NULL WHERE position = 5",
    /without its salt/,
  ],
  ["a salt whose content is gone", "UPDATE events SET content = NULL WHERE position = 5", /without its salt/],
  ["another content", `UPDATE events SET content = '{"body":"no"}' WHERE position = 5`, /not what was hashed/],
  ["another sender", "UPDATE events SET sender = '@eve:dev.localhost' WHERE position = 5", /envelope/],
  ["sequences that do not grow", "UPDATE events SET seq = 1000 WHERE position = 3", /stands after 1000/],
  ["an event that is gone", "DELETE FROM events WHERE position = 5", /position 6 stands where 5/],
  ["a member with more power", "UPDATE members SET power_level = 100", /powerLevel/],
  ["a room with another name", "UPDATE rooms SET name = 'Other'", /room row: name/],
  ["a room without a row", "DELETE FROM rooms", /rooms have events and no row/],
  ["a marker beyond the end", "UPDATE reading SET read_position = 99", /read markers stand at no event/],
  ["a marker that counts other messages", "UPDATE reading SET read_ordinal = read_ordinal + 1", /read markers stand/],
  ["a joined member without a marker", "DELETE FROM reading", /joined members have no read marker/],
  ["a standing that is gone", "DELETE FROM standings WHERE position = 2", /1 changes of membership/],
  [
    "a standing of another sequence",
    "UPDATE standings SET seq = seq + 1 WHERE position = 2",
    /1 changes of membership/,
  ],
  ["a stay that nobody began", "UPDATE standings SET membership = 'join'", /changes of membership/],
  ["a reply that is gone", "DELETE FROM replies WHERE position = 8", /1 replies are not recorded/],
  [
    "a reply to something else",
    "UPDATE replies SET target_position = 7 WHERE position = 8",
    /1 replies are not recorded/,
  ],
  [
    "a reply that was never redacted and left its thread",
    "UPDATE replies SET redacted = 1 WHERE position = 9",
    /replies are not recorded/,
  ],
  ["a thread that counts more", "UPDATE threads SET replied = 3", /1 threads do not count/],
  ["a thread that counts redacted ones", "UPDATE threads SET redacted = 1", /1 threads do not count/],
  ["a thread that is gone", "DELETE FROM threads", /1 threads do not count/],
  ["a mention that is gone", "DELETE FROM mentions WHERE position = 7", /1 mentions are not what/],
  ["a mention that nobody made", "UPDATE mentions SET participant_no = 0 WHERE position = 7", /mentions are not what/],
  ["a mention by another event", "UPDATE mentions SET made_position = 5 WHERE position = 7", /mentions are not what/],
  ["a mention of another sequence", "UPDATE mentions SET seq = seq + 1 WHERE position = 7", /mentions are not what/],
  ["replies out of order", "UPDATE replies SET ordinal = 3 - ordinal", /1 threads do not count/],
];

for (const [what, sql, found] of DAMAGE) {
  test(`verify finds ${what}`, async (t) => {
    const server = await TestServer.start(t);
    const [alice, bob] = await server.people("alice", "bob");
    const room = await alice.roomWith([bob]);
    const one = await alice.say(room, "one");
    await bob.say(room, "two", { mentions: [alice.id] });
    for (const body of ["three", "four"]) await bob.say(room, body, { reply_to_event_id: one.id });
    assert.deepEqual((await verify(server.db)).findings, []);
    await server.db.write("deployment", (tx) => tx.run(sql));
    const report = await verify(server.db);
    assert.equal(report.ok, false);
    assert(
      report.findings.some(({ problem }) => found.test(problem)),
      JSON.stringify(report.findings),
    );
  });
}
