import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import canonicalize from "canonicalize";
import { verify, type VerifyReport } from "@stairwell/server/testing";
import { assertOk, type Person, TestServer } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

interface Row {
  position: number;
  event_id: string;
  event_type: string;
  sender: string | null;
  acted_by: string | null;
  origin_ts: number;
  hub_ts: number;
  imported: number;
  content: string;
  salt: string;
  content_hash: string;
  hash: string;
}

const sha256 = (value: unknown): string => createHash("sha256").update(canonicalize(value)!).digest("hex");
const rowsOf = (server: TestServer, room: string): Promise<Row[]> =>
  server.db.all<Row>(
    "SELECT e.* FROM events e JOIN rooms r USING (tenant_no, room_no) WHERE r.room_id = $1 ORDER BY e.position",
    room,
  );

/** Events of every kind that can be made, and all kinds of content. */
async function busyRoom(alice: Person, bob: Person): Promise<string> {
  const room = await alice.roomWith([bob], { topic: "Why" });
  const post = async (who: Person, verb: string, body: object) =>
    assertOk(await who.post(`/v1/rooms/${room}/${verb}`, body));
  await alice.say(room, '\u{1f9d7}\r\n\u2028\u0001"\\', { mentions: [bob.id, "@room"], n: 1e-7, "10": 1, "9": 2 });
  await post(bob, "send", { content: {}, event_type: "acme.deploy" });
  assertOk(await alice.put(`/v1/rooms/${room}/name`, { name: "\u00c5ngstr\u00f6m" }));
  assertOk(await alice.put(`/v1/rooms/${room}/topic`, { topic: null }));
  assertOk(await alice.put(`/v1/rooms/${room}/members/${bob.id}/power-level`, { power_level: 7 }));
  await post(alice, "kick", { participant_id: bob.id, reason: 'just "because"' });
  await post(alice, "ban", { participant_id: bob.id, expires_at: "2999-01-01T00:00:00.000Z" });
  await post(alice, "unban", { participant_id: bob.id });
  await post(alice, "archive", { reason: "enough" });
  await post(alice, "rejoin", {});
  return room;
}

test("the log's hashes are those of the written rules, from the first event to the head, and the wire shows them", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await busyRoom(alice, bob);
  const history = await alice.history(room);
  const rows = await rowsOf(server, room);
  assert.equal(rows.length, history.length);
  let prev_hash = "0".repeat(64);
  for (const [i, row] of rows.entries()) {
    assert.equal(Buffer.from(row.salt, "base64url").length, 16);
    assert.match(row.salt, /^[\w-]{22}$/);
    assert.equal(row.content_hash, sha256({ content: JSON.parse(row.content), salt: row.salt }));
    const { event_type, sender, acted_by, origin_ts, content_hash, hub_ts, position } = row;
    const proposal = { v: 1, room_id: room, id: row.event_id, event_type, sender, acted_by, origin_ts, content_hash };
    assert.equal(
      row.hash,
      sha256({ ...proposal, hub_ts, imported: false, position, prev_hash }),
      `position ${position}`,
    );
    prev_hash = row.hash;
    const shown = history[i];
    assert.deepEqual(
      [shown.stream_position, shown.id, shown.hash, shown.origin_ts],
      [i + 1, row.event_id, row.hash, origin_ts],
    );
    assert.equal(Date.parse(shown.created_at), hub_ts);
  }
  assert.equal(new Set(rows.map(({ salt }) => salt)).size, rows.length);
  for (const text of rows.map(({ content }) => content))
    assert.doesNotMatch(text, /prt-/, "people are hashed as FQIDs");
});

test("a changed byte anywhere in a log is found", async (t) => {
  // Not a stage: this store is damaged on purpose.
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await busyRoom(alice, bob);
  assert.equal((await verify(server.db)).ok, true);
  const changes = [
    "content = replace(content, 'acme', 'ACME') || ' '",
    "salt = 'AAAAAAAAAAAAAAAAAAAAAA'",
    "sender = '@bob:elsewhere.example'",
    "hub_ts = hub_ts + 1",
    "origin_ts = origin_ts - 1",
    "event_type = 'acme.rollback'",
    "imported = 1",
    "content_hash = replace(content_hash, substr(content_hash, 1, 1), 'g')",
    "hash = replace(hash, substr(hash, 1, 1), 'g')",
    "ordinal = ordinal + 1",
    "event_id = event_id || 'x'",
    "position = 1000",
  ];
  for (const change of changes) {
    const { findings } = await verifiedAfter(server, `UPDATE events SET ${change} WHERE event_type = 'acme.deploy'`);
    assert(
      findings.some(({ roomId }) => roomId === room),
      change,
    );
  }
  assert.equal((await verify(server.db)).ok, true, "each change was undone");
});

/** What the check says of the store as it would be after a statement, which is then undone. */
async function verifiedAfter({ db }: TestServer, sql: string): Promise<VerifyReport> {
  let report: VerifyReport | undefined;
  const work = db.write("deployment", async (tx) => {
    await tx.run(sql);
    const nothing = () => Promise.resolve();
    report = await verify({
      get: tx.get.bind(tx),
      all: tx.all.bind(tx),
      snapshot: (look) => look(tx),
      ping: nothing,
      damage: async () => [],
      close: nothing,
    });
    throw new Error("undone");
  });
  await assert.rejects(work, /^Error: undone$/);
  return report!;
}
