import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, ENGINE, TestServer } from "@stairwell/testing";
import { findRoomKey } from "../../src/events/index.ts";
import { roomNumber } from "../deletion/said.ts";

/** Some other key, as each engine writes one. */
const KEY = ENGINE === "postgres" ? "decode(repeat('5a', 32), 'hex')" : `x'${"5a".repeat(32)}'`;

/** Room 1 is open and incognito, room 2 was and is closed, room 3 is neither. */
const DAMAGE: readonly [what: string, sql: string, found: RegExp][] = [
  ["an open room whose key is gone", "UPDATE room_keys SET key = NULL WHERE room_no = 1", /not closed and has no key/],
  ["a key that is another", `UPDATE room_keys SET key = ${KEY} WHERE room_no = 1`, /cannot be opened/],
  [
    "a key that outlived its room's close",
    `UPDATE room_keys SET key = ${KEY} WHERE room_no = 2`,
    /closed and still has its key/,
  ],
  [
    "a key of a room that is not incognito",
    `INSERT INTO room_keys (tenant_no, room_no, key) VALUES (1, 3, ${KEY})`,
    /1 keys are of no room/,
  ],
  [
    "a key of no room",
    `INSERT INTO room_keys (tenant_no, room_no, key) VALUES (1, 9, ${KEY})`,
    /1 keys are of no room/,
  ],
  [
    "a content in the clear",
    `UPDATE events SET content = '{"body":"no"}', salt = 'x' WHERE room_no = 1 AND position = 5`,
    /lies in the clear/,
  ],
  [
    "a content in the clear from before a close",
    `UPDATE events SET content = '{"body":"no"}', salt = 'x' WHERE room_no = 2 AND position = 5`,
    /lies in the clear/,
  ],
  [
    "a sealed content in a room that is not incognito",
    "UPDATE events SET salt = NULL, content = (SELECT content FROM events WHERE room_no = 1 AND position = 5) WHERE room_no = 3 AND position = 5",
    /1 contents are sealed/,
  ],
  [
    "contents that changed places",
    "UPDATE events SET content = (SELECT content FROM events WHERE room_no = 1 AND position = 6) WHERE room_no = 1 AND position = 5",
    /cannot be opened/,
  ],
  ["a name in the clear", "UPDATE rooms SET name = 'Other' WHERE room_no = 1", /room row: name/],
  ["another sender in a closed room", "UPDATE events SET sender = NULL WHERE room_no = 2 AND position = 5", /envelope/],
  [
    "an event of a closed room that is gone",
    "DELETE FROM events WHERE room_no = 2 AND position = 5",
    /position 6 stands where 5/,
  ],
  [
    "a standing that is gone",
    "DELETE FROM standings WHERE room_no = 1 AND position = 2",
    /changes of membership are not/,
  ],
  [
    "a standing of a closed room that is gone",
    "DELETE FROM standings WHERE room_no = 2 AND position = 2",
    /changes of membership are not/,
  ],
  ["a reply that is gone", "DELETE FROM replies WHERE room_no = 1", /replies are not recorded/],
];

for (const [what, sql, found] of DAMAGE) {
  test(`verify finds ${what}`, async (t) => {
    const server = await TestServer.start(t);
    const [alice, bob] = await server.people("alice", "bob");
    const rooms = [];
    for (const body of [{ room_type: "incognito", name: "One" }, { room_type: "incognito" }, {}]) {
      const room = await alice.roomWith([bob], body);
      const { id } = await bob.say(room, "one");
      await alice.say(room, "two", { reply_to_event_id: id });
      rooms.push(room);
    }
    const at = await Promise.all(rooms.map((room) => roomNumber(server, room)));
    assert.deepEqual(
      at.map(({ roomNo }) => roomNo),
      [1, 2, 3],
    );
    assertOk(await alice.post(`/v1/rooms/${rooms[1]}/close`));
    assert.equal(await findRoomKey(server.db, at[1]!), null);
    assert.deepEqual((await verify(server.db)).findings, []);
    await server.db.write("deployment", (tx) => tx.run(sql));
    const report = await verify(server.db);
    assert(
      report.findings.some(({ problem }) => found.test(problem)),
      JSON.stringify(report.findings),
    );
  });
}
