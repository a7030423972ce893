import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, TestServer } from "@stairwell/testing";
import { EventUnderTest } from "../messages/amend.ts";

/** What was done to the rows of a sound room, and what must be found. */
const DAMAGE: readonly [what: string, sql: string, found: RegExp][] = [
  ["an edit that is gone", "DELETE FROM edits", /1 rows of edits/],
  ["an edit of something else", "UPDATE edits SET target_position = 1", /1 rows of edits/],
  ["an edit that nobody made", "INSERT INTO edits SELECT tenant_no, room_no, 1, 2 FROM rooms", /1 rows of edits/],
  ["a reaction that is gone", "DELETE FROM reactions WHERE removed_position IS NULL", /1 rows of reactions/],
  ["a reaction of another", "UPDATE reactions SET participant_no = 3 - participant_no", /2 rows of reactions/],
  ["a reaction that stands too long", "UPDATE reactions SET removed_position = NULL", /1 rows of reactions/],
  [
    "a reaction with another mark",
    "UPDATE reactions SET mark = 'x' WHERE removed_position IS NULL",
    /rows of reactions/,
  ],
  ["a count that is wrong", "UPDATE reaction_counts SET standing = 2", /1 rows of reaction_counts/],
  ["a count in the wrong order", "UPDATE reaction_counts SET first_position = 1", /1 rows of reaction_counts/],
  ["a run that is too short", "UPDATE unlisted SET last_position = first_position", /rows of unlisted/],
  ["a run that is gone", "DELETE FROM unlisted", /rows of unlisted/],
  [
    "a content that nobody redacted",
    "UPDATE events SET content = NULL, salt = NULL WHERE position = 6",
    /the content is gone, and no redaction took it/,
  ],
  ["a redaction that is not recorded", "DELETE FROM redactions", /no redaction took it|left the content that it names/],
  [
    "a content that outlived its redaction",
    "INSERT INTO redactions SELECT tenant_no, room_no, 1, redaction_position FROM redactions LIMIT 1",
    /a redaction took the content, and it is there/,
  ],
  [
    "a redaction of more than it names",
    "INSERT INTO redactions SELECT tenant_no, room_no, 6, redaction_position FROM redactions LIMIT 1",
    /took contents of events that are not about the one it names/,
  ],
  [
    "a redaction that no event made",
    "UPDATE redactions SET redaction_position = 99",
    /redactions are on record that the log does not have/,
  ],
];

for (const [what, sql, found] of DAMAGE) {
  test(`verify finds ${what}`, async (t) => {
    const server = await TestServer.start(t);
    const [alice, bob] = await server.people("alice", "bob");
    const room = await alice.roomWith([bob]);
    const kept = new EventUnderTest(room, await alice.say(room, "kept"));
    const gone = new EventUnderTest(room, await alice.say(room, "gone"));
    assertOk(await kept.edit(alice, { body: "edited" }));
    assertOk(await kept.react(alice, "👍"));
    assertOk(await kept.react(bob, "👍"));
    assertOk(await kept.unreact(alice, "👍"));
    assertOk(await gone.react(bob, "👍"));
    assertOk(await gone.edit(alice, { body: "going" }));
    assertOk(await gone.redact(alice));
    assert.deepEqual((await verify(server.db)).findings, []);
    await server.db.write("deployment", (tx) => tx.run(sql));
    const { ok, findings } = await verify(server.db);
    assert.equal(ok, false);
    assert(
      findings.some(({ problem }) => found.test(problem)),
      findings.map(({ problem }) => problem).join("\n"),
    );
  });
}

test("verify finds a remainder that no redaction left, and one that keeps the reason", async (t) => {
  const server = await TestServer.start(t);
  const [admin, alice, bob] = await server.people("admin", "alice", "bob");
  const room = await alice.roomWith([bob]);
  assertOk(await alice.post(`/v1/rooms/${room}/kick`, { participant_id: bob.id, reason: "why" }));
  const kick = (await alice.history(room)).at(-1);
  assertOk(await admin.post(`/v1/admin/rooms/${room}/events/${kick.id}/redact`, { reason: "cleaning" }));
  assert.deepEqual((await verify(server.db)).findings, []);
  const at = `position = ${kick.stream_position}`;
  await server.db.write("deployment", (tx) =>
    tx.run(`UPDATE events SET content = substr(content, 1, length(content) - 1) || ',"reason":"x"}' WHERE ${at}`),
  );
  const kept = await verify(server.db);
  assert.match(JSON.stringify(kept.findings), /took less of the content than it says/);
  await server.db.write("deployment", (tx) => tx.run(`DELETE FROM redactions WHERE ${at}`));
  assert.match(JSON.stringify((await verify(server.db)).findings), /without its salt, and no redaction took that/);
});
