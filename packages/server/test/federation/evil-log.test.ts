import assert from "node:assert/strict";
import { test } from "node:test";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { assertOk, assertRefused } from "@stairwell/testing";
import { makeKey } from "./evil-peer.ts";
import { answering, EvilRoom, results } from "./evil-room.ts";
import { ANN, bodies, one, replicaStage, serve, trapped } from "./evil-stage.ts";
import { headAt, roomAt } from "./settle.ts";

test("FIN-20 FOU-12 a head covers what it is signed for: not another room, place, content, key or server", async (t) => {
  const all = await replicaStage(t);
  const { home, evil } = all;
  const room = await trapped(all);
  const foreign = new EvilRoom(evil);
  const before = await headAt(home, room.id);
  answering(evil, () => ({ results: [] }));
  const [one1, two] = [room.message("one"), room.message("two")];
  const good = room.head(two);
  const cases: [string, readonly WireEvent[], SignedHead | undefined][] = [
    ["no head", [one1, two], undefined],
    ["the head of the event before", [one1, two], room.head(one1)],
    ["a head beyond", [one1], good],
    ["another position", [one1, two], room.head(two, { position: 99 })],
    ["another hash", [one1, two], room.head(two, { hash: "0".repeat(64) })],
    ["another room's head", [one1, two], foreign.head()],
    ["signed for another room", [one1, two], { ...foreign.head(two), room_id: room.id }],
    ["a key that is not published", [one1, two], room.head(two, {}, makeKey())],
    ["a signature of zeros", [one1, two], { ...good, signature: Buffer.alloc(64).toString("base64") }],
    ["other content", [one1, { ...two, content: { body: "other" } }], good],
    ["other salt", [one1, { ...two, salt: "A".repeat(22) }], good],
    ["content without its salt", [one1, without(two, "salt")], good],
    ["salt without its content", [one1, without(two, "content")], good],
    ["an envelope that was changed", [{ ...one1, envelope: { ...one1.envelope, hub_ts: 5 } }, two], good],
    ["one left out in the middle", [one1, room.next({ type: "x.y" })], room.head(room.events.at(-1))],
    ["backwards", [two, one1], room.head(one1)],
    ["the same twice", [one1, one1], room.head(one1)],
  ];
  for (const [what, events, head] of cases) {
    const told = await results(evil, home, head === undefined ? deliverBare(events) : room.deliver(events, head));
    for (const { status } of told) assert.ok(status === "refused" || status === "retry", what);
    assert.equal(await headAt(home, room.id), before, what);
  }
  for (const { status } of await results(evil, home, room.deliver([one1, two]))) assert.equal(status, "confirmed");
});

function deliverBare(events: readonly WireEvent[]): unknown[] {
  return events.map((event) => ({ type: "event", event }));
}

function without(event: WireEvent, key: "salt" | "content"): WireEvent {
  const { [key]: _, ...rest } = event;
  return rest;
}

test("FIN-46 two events at one position freeze the room with both proofs, and no other room", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const [room, calm] = [await trapped(all), new EvilRoom(evil)];
  assert.equal((await one(all, calm.invite(ANN))).status, "ok");
  serve(calm);
  assertOk(await ann.post(`/v1/rooms/${calm.id}/join`));
  const other = room.next({ type: "swp.room.message", content: { body: "for others" } });
  const said = room.message("for ann");
  assert.equal((await one(all, room.deliver([said])[0])).status, "confirmed");
  // A run that is no chain proves nothing, and freezes nothing.
  const broken = [{ ...other, hash: "1".repeat(64) }, room.message("later")];
  for (const { status, error } of await results(evil, home, room.deliver(broken))) {
    assert.deepEqual([status, error?.code], ["refused", "SW_FED_SIGNATURE"]);
  }
  room.events.pop();
  const twice = await one(all, { type: "event", event: other, head: room.head(other) });
  assert.deepEqual([twice.status, twice.error?.code], ["refused", "SW_ROOM_FROZEN"]);
  const stored = (await roomAt(home, room.id))!;
  const { findReplica } = await import("../../src/federation/rows/replicas.store.ts");
  const replica = (await findReplica(home.server.db, stored))!;
  assert.equal(replica.state, "conflict");
  assert.deepEqual(
    replica.proofs.map(({ hash, position }) => [hash, position]),
    [
      [said.hash, said.envelope.position],
      [other.hash, other.envelope.position],
    ],
  );
  const audit = await home.server.db.all<{ action: string }>(
    "SELECT action FROM audit WHERE action = $1",
    "federation.conflict",
  );
  assert.equal(audit.length, 1);
  const next = room.message("more");
  assert.equal((await one(all, room.deliver([next])[0])).error?.code, "SW_ROOM_FROZEN");
  serve(room);
  assertRefused(
    await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "no" } }),
    409,
    "SW_ROOM_FROZEN",
    "FD17",
  );
  assert.deepEqual(await bodies(ann, room), ["for ann"]);
  const further = calm.message("calm");
  assert.equal((await one(all, calm.deliver([further])[0])).status, "confirmed");
  serve(calm);
  assertOk(await ann.post(`/v1/rooms/${calm.id}/send`, { content: { body: "and on" } }));
});

test("FIN-46 a successor of something else than what is here is as good a proof as two events", async (t) => {
  const all = await replicaStage(t);
  const room = await trapped(all);
  const said = room.message("for ann");
  assert.equal((await one(all, room.deliver([said])[0])).status, "confirmed");
  room.events.pop();
  room.message("for others");
  const next = room.message("after it");
  assert.equal((await one(all, room.deliver([next])[0])).error?.code, "SW_ROOM_FROZEN");
});

test("FIN-43 FOU-14 a gap that never fills is asked for a bounded number of times and shows nothing", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  const far = room.next({ type: "swp.room.message", content: { body: "far" }, envelope: { position: 1_000_000 } });
  const near = room.message("near");
  for (const answer of [
    { events: [], head: null },
    { events: [near], head: null },
    { events: [near], head: new EvilRoom(evil).head() },
    { events: [near], head: room.head(near, { position: 5_000 }) },
    { events: [room.next({ type: "a.b" })], head: room.head() },
    { events: "none" },
  ]) {
    let asked = 0;
    answering(
      evil,
      () => ({ results: [] }),
      () => (asked++, answer),
    );
    const { status } = await one(all, { type: "event", event: far, head: room.head(far) });
    assert.ok(status === "retry" || status === "refused", JSON.stringify(answer));
    assert.equal(asked, 1, JSON.stringify(answer));
  }
  assert.deepEqual(await bodies(ann, room), []);
  serve(room);
  const last = room.message("last");
  assert.equal((await one(all, room.deliver([last])[0])).status, "confirmed");
  assert.deepEqual(await bodies(ann, room), ["near", "last"]);
  assert.notEqual(await headAt(home, room.id), far.hash);
});
