import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { verify } from "@stairwell/server/testing";
import { ANN, BOB, type Pair, pair, say, shared } from "../federation/pair.ts";
import { roomAt, settled, sound, until } from "../federation/settle.ts";
import type { Home } from "../federation/world.ts";

type Damage = readonly [what: string, sql: string, found: RegExp];

/** What was done to the rows of a room's own server, and what must be found. */
const AT_THE_HUB: readonly Damage[] = [
  ["a server it is shared with that has no row", "DELETE FROM deliveries", /shared with b.localhost: has no row/],
  ["a joined member too many", "UPDATE deliveries SET joined = 2", /joined not as the log says/],
  ["an invited member too many", "UPDATE deliveries SET invited = 1", /invited not as the log says/],
  ["another first join", "UPDATE deliveries SET first_position = 1", /first_position not as the log says/],
  ["an end that did not come", "UPDATE deliveries SET last_position = 5", /last_position not as the log says/],
  ["a confirmation of more than there is", "UPDATE deliveries SET confirmed_position = 9999", /confirmed more than/],
  [
    "a server it is not shared with",
    "UPDATE deliveries SET server_name = 'c.localhost'",
    /shared with c.localhost: .* not as the log says/,
  ],
  ["a signature that is gone", "DELETE FROM signatures", /not signed by it/],
  [
    "a signature of something else",
    "UPDATE signatures SET value = (SELECT max(value) FROM signatures), position = position",
    /does not fit/,
  ],
  [
    "a signature of what nobody elsewhere said",
    "UPDATE signatures SET position = 1 WHERE position = (SELECT max(position) FROM signatures)",
    /nobody of another server said it/,
  ],
  [
    "a replica of its own room",
    "INSERT INTO replicas (tenant_no, room_no, state) SELECT tenant_no, room_no, 'live' FROM rooms",
    /is ours, and on record as a replica/,
  ],
];

/** The same where the room is followed. Of its log, `base` is the event before the join. */
const AT_THE_REPLICA: readonly Damage[] = [
  ["a replica that is not on record", "DELETE FROM replicas", /not on record as a replica/],
  ["a replica of no room", "UPDATE replicas SET room_no = 99", /are of rooms that are not there/],
  ["a log that begins later", "UPDATE replicas SET oldest_position = oldest_position + 1", /before the log begins/],
  [
    "a log that begins earlier",
    "UPDATE replicas SET oldest_position = oldest_position - 1",
    /position \d+ stands where/,
  ],
  [
    "another name in what the hub handed over",
    "UPDATE replicas SET base_state = replace(base_state, '@ann:', '@eve:')",
    /has a row that no event made/,
  ],
  ["another name of the room", "UPDATE rooms SET name = 'Other'", /room row: name/],
  ["a member with more power", "UPDATE members SET power_level = 75", /powerLevel is not/],
  [
    "a head of another place",
    `UPDATE replicas SET head = replace(head, '"position":', '"position":1')`,
    /head is not that/,
  ],
  [
    "a head that the hub did not sign",
    'UPDATE replicas SET head = replace(head, \'"signature":"\', \'"signature":"AAAA\')',
    /not signed by the room's hub/,
  ],
  ["a head that is gone", "UPDATE replicas SET head = NULL", /followed, and from nowhere/],
  ["an event of history that is gone", "DELETE FROM events WHERE seq = -1", /stands where \d+ is due/],
  ["the newest event gone", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", /head is not that/],
  ["another sender in history", "UPDATE events SET sender = NULL WHERE seq = -1", /not what was hashed/],
  ["another sender since", "UPDATE events SET hub_ts = hub_ts + 1 WHERE seq = 4", /not what was hashed/],
  ["history counted anew", "UPDATE events SET ordinal = ordinal + 1 WHERE seq = -1", /message count/],
  ["counts that begin elsewhere", "UPDATE events SET ordinal = ordinal + 1", /message count/],
  [
    "history that streams tell of",
    "UPDATE events SET seq = 1000 WHERE seq = -1",
    /wrong side of the join|stands after/,
  ],
  ["sequences that do not grow", "UPDATE events SET seq = -1000 WHERE seq = -1", /stands after|head is not/],
  ["a signature that is gone", "DELETE FROM signatures", /not signed by it/],
  ["signatures of other things", "UPDATE signatures SET value = (SELECT max(value) FROM signatures)", /does not fit/],
  ["another content", `UPDATE events SET content = '{"body":"no"}' WHERE seq = 4`, /content is not what was hashed/],
  [
    "a content that nobody took",
    "UPDATE events SET content = NULL, salt = NULL WHERE seq = (SELECT max(seq) FROM events WHERE event_type = 'swp.room.message')",
    /no redaction took/,
  ],
  ["an edit that is gone", "DELETE FROM edits", /1 rows of edits/],
  ["a reaction that is gone", "DELETE FROM reactions", /rows of reactions/],
  ["a reply that is gone", "DELETE FROM replies", /1 replies are not recorded/],
  ["a mention that is gone", "DELETE FROM mentions", /mentions are not what/],
  ["a standing that is gone", "DELETE FROM standings", /changes of membership/],
  ["one of ours without a marker", "DELETE FROM reading", /joined members have no read marker/],
];

/** Ann has talked for longer than what a server is handed when it joins; then both talk. */
async function talk(all: Pair): Promise<string> {
  const { a, b, admin, ann, bob } = all;
  await a.server.liftLimits("a");
  const room = await ann.roomWith([], { name: "Shared" });
  for (let i = 0; i < 110; i++) await say(ann, room, `before ${i}`);
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB, reason: "come" }));
  await until(() => roomAt(b, room), "the invite");
  await sound(a, b);
  // The invite stands among what was said before the join.
  const late = await say(ann, room, "after the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  const one = await say(bob, room, "one");
  const reply = { content: { body: "two", reply_to_event_id: one } };
  assertOk(await ann.post(`/v1/rooms/${room}/send`, reply));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${one}/edit`, { content: { body: "one, better" } }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${one}/reaction`, { emoji: "👍" }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${late}/reaction`, { emoji: "👍" }));
  await say(bob, room, "gone").then((id) => bob.post(`/v1/rooms/${room}/events/${id}/redact`, {}));
  await say(ann, room, "last");
  await settled([a, b], room);
  return room;
}

test("verify finds what was done to the rows of shared rooms, and nothing else", async (t) => {
  const all = await pair(t);
  const { a, b } = all;
  const room = await talk(all);
  await sound(a, b);
  await t.test("FD12 nor is anything found once older history was fetched", async () => {
    const bobsAdmin = b.server.person("admin", "b");
    await bobsAdmin.signIn();
    assertOk(await bobsAdmin.post(`/v1/admin/rooms/${room}/federation/backfill`, { limit: 8 }));
    await sound(b);
  });
  for (const [where, damage] of [
    [a, AT_THE_HUB],
    [b, AT_THE_REPLICA],
  ] as const) {
    for (const each of damage) await t.test(`${where.name}: ${each[0]}`, () => finds(where, each));
    await sound(where);
  }
});

test("FD10 verify holds the end of sharing against the log on both sides", async (t) => {
  const all = await pair(t);
  const room = await shared(all);
  assertOk(await all.admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }));
  await until(async () => ((await roomAt(all.b, room))?.room.federated === false ? true : undefined), "the end");
  await say(all.ann, room, "after");
  await sound(all.a, all.b);
  await finds(all.a, ["an end elsewhere", "UPDATE deliveries SET last_position = NULL", /last_position not as/]);
});

test("FD10 of a room whose sharing has ended it is on record up to where each server was due it, and that stays so", async (t) => {
  const all = await pair(t);
  const { a, b, admin, bob } = all;
  const room = await shared(all);
  const share = (enabled: boolean) => admin.put(`/v1/admin/rooms/${room}/federate`, { enabled });
  assertOk(await share(false));
  await until(async () => ((await roomAt(b, room))?.room.federated === false ? true : undefined), "the end");
  assertRefused(await share(true), 400, "SW_ROOM_TYPE_INVARIANT", "FD10");
  await sound(a, b);
  const rows = () => a.server.db.all<object>("SELECT joined, invited, last_position IS NULL AS due FROM deliveries");
  assert.deepEqual(await rows(), [{ joined: 0, invited: 0, due: 0 }]);
  assert.ok((await bob.post(`/v1/rooms/${room}/join`)).status >= 400);
});

test("FD24 verify holds the sides of direct rooms against their members", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = (assertOk(await bob.post("/v1/me/federated-dms", { fqid: ANN })).data as { id: string }).id;
  await until(async () => ((await ann.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await ann.post(`/v1/rooms/${room}/join`));
  await say(ann, room, "hello");
  await settled([a, b], room);
  await sound(a, b);
  for (const where of [a, b]) {
    await finds(where, ["another side", "UPDATE rooms SET dm_high = 9999", /is no side of the direct room/]);
  }
  const nobodys = "UPDATE rooms SET dm_low = NULL, dm_high = NULL";
  await finds(a, ["no sides", nobodys, /the direct room is of nobody/]);
  await finds(a, ["no first join", "UPDATE deliveries SET first_position = 1", /first_position not as the log says/]);
  const group = await ann.roomWith([], { name: "Group" });
  await finds(a, [
    "sides of a group",
    `UPDATE rooms SET dm_low = 1, dm_high = 1 WHERE room_id = '${group}'`,
    /is not direct/,
  ]);
});

/** Looks at damaged rows in a transaction that does not come to be. */
async function finds({ server }: Home, [what, sql, found]: Damage): Promise<void> {
  const undo = new Error("undone");
  let problems: string[] = [];
  await assert.rejects(
    server.db.write("deployment", async (tx) => {
      assert.ok((await tx.run(sql)) > 0, `${what}: nothing was changed`);
      const seen = { get: tx.get.bind(tx), all: tx.all.bind(tx) };
      const report = await verify({
        ...seen,
        snapshot: (work) => work(seen as never),
        damage: async () => [],
        ping: async () => {},
        close: async () => {},
      } as Parameters<typeof verify>[0]);
      problems = report.findings.map(({ problem }) => problem);
      throw undo;
    }),
    undo,
  );
  assert.ok(
    problems.some((problem) => found.test(problem)),
    `${what}: ${problems.join("\n")}`,
  );
}
