import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireEvent } from "@stairwell/protocol/federation";
import { assertOk } from "@stairwell/testing";
import { EvilPeer, makeKey } from "./evil-peer.ts";
import { results } from "./evil-room.ts";
import { ANN, bodies, one, replicaStage, serve, trapped } from "./evil-stage.ts";
import { headAt, roomAt, until } from "./settle.ts";

test("FIN-06 FIN-46 an honest run is taken, once, whatever of it comes again or in another order", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  const run = [room.message("one"), room.message("two"), room.message("three")];
  const [first, second, third] = run as [WireEvent, WireEvent, WireEvent];
  const end = third.envelope.position;
  for (const status of await results(evil, home, room.deliver([first, second]))) {
    assert.deepEqual(status, { status: "confirmed", position: end - 1 });
  }
  const again = await Promise.all(Array.from({ length: 10 }, () => results(evil, home, room.deliver(run))));
  for (const each of again.flat()) assert.ok(each.status === "confirmed" || each.status === "retry", each.status);
  const [late] = await results(evil, home, room.deliver([first]));
  assert.deepEqual(late, { status: "confirmed", position: end });
  assert.deepEqual(await bodies(ann, room), ["one", "two", "three"]);
});

test("FD4 FIN-06 FIN-20 FIN-22 a hub's signature does not make others speak, join or change what they said", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann, world } = all;
  await home.server.person("carol", "home").signIn();
  const other = await EvilPeer.start(t, "other.localhost");
  world.hosts.set(other.name, other.url);
  const room = await trapped(all);
  assertOk(await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "mine" } }));
  const mine = room.events.at(-1)!;
  const before = await headAt(home, room.id);
  const message = { type: "swp.room.message", content: { msgtype: "swp.text", body: "never said" } };
  const me = { name: evil.name, key: evil.key };
  const CAROL = "@carol:home.localhost";
  const lies: [string, WireEvent][] = [
    ["ann, unsigned", room.next({ ...message, sender: ANN })],
    ["ann, signed by the hub as itself", room.next({ ...message, sender: ANN, by: me })],
    ["ann, signed by the hub as ours", room.next({ ...message, sender: ANN, by: { name: home.name, key: evil.key } })],
    ["another server's, unsigned", room.next({ ...message, sender: "@pat:other.localhost" })],
    ["another server's, signed by the hub", room.next({ ...message, sender: "@pat:other.localhost", by: me })],
    [
      "another server's, by an unpublished key",
      room.next({ ...message, sender: "@pat:other.localhost", by: { name: other.name, key: makeKey() } }),
    ],
    ["nobody", room.next({ ...message, sender: null })],
    ["another server itself", room.next({ ...message, sender: "@:other.localhost" })],
    ["ann in another's name", room.next({ ...message, envelope: { acted_by: ANN } })],
    ["imported as ann", room.next({ ...message, sender: ANN, envelope: { imported: true } })],
    [
      "imported",
      room.next({
        ...message,
        sender: null,
        envelope: { imported: true },
        content: { _imported_sender: { fqid: ANN } },
      }),
    ],
    [
      "an edit of ann's words",
      room.next({ type: "swp.room.edit", content: { event_id: mine.envelope.id, content: { body: "x" } } }),
    ],
    ["the id of ann's message", room.next({ ...message, envelope: { id: mine.envelope.id } })],
    ["carol made to join", room.next({ type: "swp.room.member", content: { participant: CAROL, membership: "join" } })],
    [
      "carol made to join by the server",
      room.next({
        type: "swp.room.member",
        sender: `@:${evil.name}`,
        content: { participant: CAROL, membership: "join" },
      }),
    ],
    [
      "nobody of ours invited",
      room.next({ type: "swp.room.member", content: { participant: "@nobody:home.localhost", membership: "invite" } }),
    ],
    ["a second beginning", room.next({ type: "swp.room.create", content: room.events[0]!.content })],
    ["another room's", room.next({ ...message, envelope: { room_id: "room-other" } })],
  ];
  // Ann's own signature, on what she did not say: it is of the proposal, and of nothing else.
  const [signature] = mine.signatures;
  const again = room.next({ ...message, sender: ANN });
  lies.push(["ann's signature on other words", { ...again, signatures: [signature!] }]);
  const { id, origin_ts, content_hash } = mine.envelope;
  const repeated = room.next({ ...message, sender: ANN, envelope: { id, origin_ts, content_hash } });
  lies.push([
    "ann's words once more",
    { ...repeated, signatures: [signature!], content: mine.content!, salt: mine.salt! },
  ]);
  for (const [what, event] of lies) {
    const head = { ...room.head(event), room_id: event.envelope.room_id };
    const result = await one(all, { type: "event", event, head });
    assert.equal(result.status, "refused", `${what}: ${JSON.stringify(result)}`);
    assert.equal(await headAt(home, room.id), before, what);
  }
  const honest = room.message("honest");
  assert.equal((await one(all, room.deliver([honest])[0])).status, "confirmed");
  assert.deepEqual(await bodies(ann, room), ["mine", "honest"]);
});

test("FIN-21 FIN-22 what a hub answers to a proposal is believed only where it is that proposal", async (t) => {
  const all = await replicaStage(t);
  const { home, ann } = all;
  const room = await trapped(all);
  serve(room, () => ({ status: "sequenced", event: room.message("mine, not ann's"), head: room.head() }));
  const sent = await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "ann's" } });
  assert.equal(sent.status, 202);
  // The same id, of somebody else: it stands in the log as theirs, and is no fate of ann's.
  room.events.length = (
    await home.server.db.all("SELECT position FROM events WHERE room_no = $1", (await roomAt(home, room.id))!.roomNo)
  ).length;
  serve(room, () => ({ status: "refused", error: { code: "SW_AUTH_INVALID_TOKEN", rule: "AP1" } }));
  const refused = await ann.put(`/v1/rooms/${room.id}/name`, { name: "x" });
  assert.notEqual(refused.status, 401);
  assert.notEqual(refused.status, 200);
});

test("FIN-06 FIN-21 FIN-22 a content without its salt makes nobody say, or come to be, what they did not", async (t) => {
  for (const content of [
    { participant: ANN, membership: "join" },
    { participant: "@carol:home.localhost", membership: "ban" },
    { participant: ANN, membership: "leave", cause: "kicked" },
    { participant: ANN, membership: "leave", cause: "left", reason: "another" },
  ]) {
    const all = await replicaStage(t);
    await all.home.server.person("carol", "home").signIn();
    const room = await trapped(all);
    const before = await headAt(all.home, room.id);
    let asked = 0;
    serve(room, (item) => {
      asked++;
      const { salt: _, ...event } = room.sequence(item.event);
      return { status: "sequenced", event: { ...event, content }, head: room.head() };
    });
    const told = await all.ann.post(`/v1/rooms/${room.id}/leave`, { reason: "enough" });
    assert.notEqual(told.status, 500);
    assert.ok(asked > 0);
    assert.equal(await headAt(all.home, room.id), before, JSON.stringify(content));
  }
  const all = await replicaStage(t);
  const { home, ann } = all;
  const room = await trapped(all);
  const said = room.events.length;
  const before = await headAt(home, room.id);
  // Nor does it bring anybody in, whoever is to have said so.
  room.events.length = said;
  const { salt: _, ...eve } = room.next({
    type: "swp.room.member",
    content: { participant: "@eve:evil.localhost", membership: "join" },
  });
  assert.equal((await one(all, { type: "event", event: eve, head: room.head(eve) })).status, "refused");
  assert.equal(await headAt(home, room.id), before);
  // What is left of what was said is taken.
  serve(room, (item) => {
    room.events.length = said;
    const { salt: _s, ...event } = room.sequence(item.event);
    const { reason: _r, ...content } = event.content!;
    return { status: "sequenced", event: { ...event, content }, head: room.head() };
  });
  await ann.post(`/v1/rooms/${room.id}/leave`, { reason: "enough" });
  await until(async () => ((await headAt(home, room.id)) === before ? undefined : true), "the going");
});
