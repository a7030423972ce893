import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, FaultProxy } from "@stairwell/testing";
import { ANN, BOB, bodiesOf, idOf, pair, say, shared } from "./pair.ts";
import { seenBy } from "./same-history.ts";
import { foldAt, headAt, settled, sound } from "./settle.ts";

const DORA = "@dora:a.localhost";

test("FD18 LC8 a reason that was wiped before it was delivered takes nothing from what its event means", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  await a.setPolicy({ history_before_join: true });
  const room = await shared(all);
  const dora = a.server.person("dora", "a");
  await dora.signIn();
  const doraAtA = (assertOk(await dora.get("/v1/me")).data as { participant_id: string }).participant_id;
  const [said] = [await say(ann, room, "said")];
  await settled([a, b], room);
  const toB = await FaultProxy.start(t, b.server.url);
  world.hosts.set(b.name, toB.url);
  toB.fault = "down";
  const at = `/v1/rooms/${room}`;
  assertOk(await ann.post(`${at}/invite`, { participant_id: doraAtA, reason: "private: why" }));
  assertOk(await dora.post(`${at}/join`));
  assertOk(await ann.post(`${at}/ban`, { participant_id: doraAtA, reason: "private: what she did" }));
  assertOk(await ann.post(`${at}/events/${said}/redact`, { reason: "private: words" }));
  assertOk(await ann.post(`${at}/archive`, { reason: "private: end" }));
  const listed = assertOk(await ann.get(`${at}/messages?direction=forward&limit=200`)).data as {
    id: string;
    content: { reason?: string } | null;
  }[];
  const log = await a.server.db.all<{ event_id: string; event_type: string }>(
    "SELECT event_id, event_type FROM events WHERE content LIKE '%private%' ORDER BY seq",
  );
  assert.deepEqual(
    log.map(({ event_type }) => event_type),
    ["swp.room.member", "swp.room.member", "swp.room.redaction", "swp.room.state"],
  );
  for (const { event_id } of log) {
    assertOk(await admin.post(`/v1/admin${at.slice(3)}/events/${event_id}/redact`, { reason: "no" }));
  }
  assert.ok(listed.length > 0);
  assert.notEqual(await headAt(a, room), await headAt(b, room));
  toB.fault = undefined;
  await settled([a, b], room);
  assert.deepEqual(await foldAt(a, room, [ANN, BOB, DORA]), await foldAt(b, room, [ANN, BOB, DORA]));
  assert.deepEqual(await seenBy(a, ann, room), await seenBy(b, bob, room));
  assert.deepEqual(await bodiesOf(bob, room), [null]);
  const kept = await b.server.db.all("SELECT 1 FROM events WHERE content LIKE '%private%'");
  assert.equal(kept.length, 0);
  await sound(a, b);
});

test("FD18 EV4 what was redacted before it was delivered is shown as redacted, and its edits and reactions say nothing", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  await a.setPolicy({ history_before_join: true });
  const room = await shared(all);
  const at = `/v1/rooms/${room}`;
  const known = await say(ann, room, "known there");
  await settled([a, b], room);
  const toB = await FaultProxy.start(t, b.server.url);
  world.hosts.set(b.name, toB.url);
  toB.fault = "down";
  const unknown = await say(ann, room, "never known there");
  const byAdmin = await say(ann, room, "taken by an administrator");
  assertOk(await ann.post(`${at}/send`, { content: { body: "an answer", reply_to_event_id: unknown } }));
  for (const id of [known, unknown, byAdmin]) {
    assertOk(await ann.post(`${at}/events/${id}/edit`, { content: { body: "private, edited" } }));
    assertOk(await ann.post(`${at}/events/${id}/reaction`, { emoji: "👍" }));
  }
  const reply = await ann.post(`${at}/send`, { content: { body: "private reply", reply_to_event_id: known } });
  const replied = (assertOk(reply).data as { id: string }).id;
  for (const id of [known, unknown, replied]) assertOk(await ann.post(`${at}/events/${id}/redact`, {}));
  assertOk(await admin.post(`/v1/admin${at.slice(3)}/events/${byAdmin}/redact`, { reason: "no" }));
  toB.fault = undefined;
  await settled([a, b], room);
  assert.deepEqual(await bodiesOf(bob, room), [null, null, null, "an answer", null]);
  assert.deepEqual(await seenBy(a, ann, room), await seenBy(b, bob, room));
  const kept = await b.server.db.all("SELECT 1 FROM events WHERE content LIKE '%private%'");
  assert.equal(kept.length, 0);
  assert.ok((await idOf(bob, room, ANN)).length > 0);
  await sound(a, b);
});
