import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { EventUnderTest, recordOf } from "../messages/amend.ts";
import { openStage, unchanged } from "../support/stage.ts";

const redact = (who: Person, event: { path: string }, reason = "abuse") =>
  who.post(`${event.path.replace("/v1/", "/v1/admin/")}/redact`, { reason });

test("LC8 an administrator redacts a message of any room in any state, without being in it", async (t) => {
  const { server, admin, alice, bob } = await openStage(t, ["admin", "alice", "bob"]);
  for (const body of [{}, { room_type: "public" }, { room_type: "incognito" }]) {
    for (const freezer of [undefined, "archive", "close"]) {
      const room = await alice.roomWith([bob], body);
      const event = new EventUnderTest(room, await alice.say(room, "the secret word"));
      assertOk(await event.edit(alice, { body: "the secret words" }));
      assertOk(await event.react(bob, ":secret:"));
      if (freezer !== undefined) assertOk(await alice.post(`/v1/rooms/${room}/${freezer}`));
      if (body.room_type === "incognito" && freezer === "close") {
        // Its content went with the close (DEL1).
        assertRefused(await redact(admin, event), 400, "SW_REQUEST_INVALID", "LC8");
        continue;
      }
      const { data } = assertOk(await redact(admin, event));
      assert.deepEqual(Object.keys(data), ["room_id", "event_id", "redacted_at"]);
      const seen = assertOk(await event.get(bob)).data;
      assert.deepEqual([seen.content, seen.redacted_at, seen.reactions], [null, data.redacted_at, []]);
      const log = await recordOf(server, room);
      assert.equal(log.at(-1)!.event_type, "swp.room.redaction");
      assert.equal(log.filter(({ content }) => content === null).length, 3);
      const [{ sender }] = (await server.db.all<{ sender: string }>(
        "SELECT sender FROM events WHERE event_type = 'swp.room.redaction' ORDER BY seq DESC LIMIT 1",
      )) as [{ sender: string }];
      assert.equal(sender, "@:dev.localhost");
      assert.deepEqual(assertOk(await unchanged(server, () => redact(admin, event, "again"))).data, data);
    }
  }
});

test("LC8 a redaction by an administrator is on the audit once, with who asked and whose it was", async (t) => {
  const { admin, alice, bob } = await openStage(t, ["admin", "alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await bob.say(room, "word"));
  assertOk(await redact(admin, event));
  assertOk(await redact(admin, event));
  const { data } = assertOk(await admin.get("/v1/admin/audit?action=event.redact"));
  assert.equal(data.length, 1);
  assert.equal(data[0].details.redacted_event_id, event.id);
  assert.doesNotMatch(JSON.stringify(data), /abuse|word/);
});

test("LC8 of a state event the reason goes, from the member's row too, and everything else stays", async (t) => {
  const { server, admin, alice, bob } = await openStage(t, ["admin", "alice", "bob"]);
  for (const body of [{}, { room_type: "incognito" }]) {
    const room = await alice.roomWith([bob], body);
    assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id, reason: "foul language" }));
    const banned = (await alice.history(room)).at(-1);
    const event = new EventUnderTest(room, banned);
    assertOk(await event.react(alice, ":foul:"));
    const before = assertOk(await alice.get(`/v1/rooms/${room}/members?membership=ban`)).data;
    assert.equal(before[0].reason, "foul language");
    const { data } = assertOk(await redact(admin, event));
    const { reason: _, ...rest } = banned.content;
    assert.deepEqual(assertOk(await event.get(alice)).data, {
      ...banned,
      content: rest,
      redacted_at: data.redacted_at,
    });
    const after = assertOk(await alice.get(`/v1/rooms/${room}/members?membership=ban`)).data;
    assert.deepEqual(after, [{ ...before[0], reason: null }]);
    assert.doesNotMatch(JSON.stringify(await recordOf(server, room)), /foul/);
    assertOk(await unchanged(server, () => redact(admin, event)));
    assertRefused(await event.react(alice, "👍"), 403, "SW_ROOM_FORBIDDEN", "EV5");
    // Still banned, by the fold and by the row.
    assertRefused(await bob.post(`/v1/rooms/${room}/join`), 403, "SW_ROOM_FORBIDDEN");
  }
});

test("LC8 a row that a later event made keeps the reason of that one", async (t) => {
  const { admin, alice, bob } = await openStage(t, ["admin", "alice", "bob"]);
  const room = await alice.roomWith([bob]);
  assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id, reason: "first" }));
  const first = (await alice.history(room)).at(-1);
  assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id, reason: "second" }));
  assertOk(await redact(admin, new EventUnderTest(room, first)));
  const [row] = assertOk(await alice.get(`/v1/rooms/${room}/members?membership=ban`)).data;
  assert.equal(row.reason, "second");
  assertOk(await redact(admin, new EventUnderTest(room, (await alice.history(room)).at(-1))));
  const [bare] = assertOk(await alice.get(`/v1/rooms/${room}/members?membership=ban`)).data;
  assert.equal(bare.reason, null);
});

test("LC8 the reason of an archive and of a redaction goes as well, and an event without one has nothing to redact", async (t) => {
  const { server, admin, alice, bob } = await openStage(t, ["admin", "alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await bob.say(room, "word"));
  assertOk(await event.redact(alice, { reason: "foul" }));
  assertOk(await alice.post(`/v1/rooms/${room}/archive`, { reason: "foul" }));
  const events = await server.db.all<{ event_id: string; event_type: string; content: string }>(
    "SELECT event_id, event_type, content FROM events ORDER BY seq",
  );
  for (const { event_id: id, content } of events.filter((row) => row.content !== null)) {
    const answer = await redact(admin, new EventUnderTest(room, { id }), "cleaning up");
    if (content.includes("foul")) assertOk(answer);
    else assertRefused(answer, 400, "SW_REQUEST_INVALID", "LC8");
  }
  assert.doesNotMatch(JSON.stringify(await recordOf(server, room)), /foul/);
  assert.equal(assertOk(await alice.get(`/v1/rooms/${room}`)).data.state, "archived");
});

test("LC8 nobody but an administrator of the tenant redacts so, and rooms of others are unknown", async (t) => {
  const { server, admin, alice, bob } = await openStage(t, ["admin", "alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await bob.say(room, "word"));
  assertRefused(await redact(alice, event), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
  const other = await server.person("admin", "other").signIn();
  assertRefused(await redact(other, event), 404, "SW_ROOM_NOT_FOUND");
  assertRefused(await redact(admin, new EventUnderTest(room, { id: "evt-unknown" })), 404, "SW_EVENT_NOT_FOUND");
  assertRefused(await admin.post(`/v1/admin/rooms/${room}/events/${event.id}/redact`, {}), 400, "SW_REQUEST_INVALID");
  assert.deepEqual((await event.get(bob)).data.content.body, "word");
});
