import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@stairwell/protocol";
import type { Item, SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { verify } from "../../src/verify/index.ts";
import { EvilPeer, makeKey } from "./evil-peer.ts";
import { answering, EvilRoom, results } from "./evil-room.ts";
import { ANN, one, replicaStage, serve, trapped } from "./evil-stage.ts";
import { headAt, roomAt, until } from "./settle.ts";

async function bodies(ann: Person, room: EvilRoom): Promise<unknown[]> {
  return (await ann.history(room.id)).map(({ content }) => content?.body).filter((body) => body !== undefined);
}

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
  const { findReplica } = await import("../../src/federation/replicas.store.ts");
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

test("FOU-10 FOU-15 a join that brings anything wrong brings nothing, and can be asked again", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = new EvilRoom(evil);
  assert.equal((await one(all, room.invite(ANN))).status, "ok");
  const other = new EvilRoom(evil);
  const honest = room.events.length;
  type Bent = (item: Extract<Item, { type: "submit" }>) => unknown;
  const sequenced = (item: Parameters<Bent>[0], join: (room: EvilRoom) => unknown, head?: SignedHead) => {
    room.events.length = honest;
    const event = room.sequence(item.event);
    return { status: "sequenced", event, head: head ?? room.head(), join: join(room) };
  };
  const withRoom = (bend: object) => (r: EvilRoom) => {
    const state = r.state(r.events.length - 1);
    return r.join({ ...state, room: { ...state.room, ...bend } });
  };
  const withMember = (bend: object) => (r: EvilRoom) => {
    const state = r.state(r.events.length - 1);
    const [first, ...rest] = state.members;
    return r.join({ ...state, members: [{ ...first!, ...bend } as typeof first & {}, ...rest] });
  };
  const annJoined = (r: EvilRoom) => {
    const state = r.state(r.events.length - 1);
    const members = state.members.map((member) =>
      member.fqid === ANN ? { ...member, membership: "join" as const } : member,
    );
    return r.join({ ...state, members, room: { ...state.room, joinedCount: 2, invitedCount: 0 } });
  };
  const cases: [string, Bent][] = [
    ["another state hash", (item) => sequenced(item, (r) => r.join(undefined, { state_hash: "0".repeat(64) }))],
    [
      "an unsigned state",
      (item) =>
        sequenced(item, (r) => r.join(undefined, { state_signature: other.join(other.state()).state_signature })),
    ],
    ["the state of another room", (item) => sequenced(item, (r) => r.join(undefined, other.join(other.state())))],
    ["a state of another position", (item) => sequenced(item, (r) => r.join(r.state(2)))],
    ["no events", (item) => sequenced(item, (r) => r.join(undefined, { events: [] }))],
    ["no join", (item) => sequenced(item, (r) => r.join(undefined, { since: [] }))],
    ["another's events", (item) => sequenced(item, (r) => r.join(undefined, { events: other.events }))],
    ["a head of another room", (item) => sequenced(item, (r) => r.join(), other.head())],
    [
      "a missing middle",
      (item) =>
        sequenced(item, (r) =>
          r.join(undefined, { events: r.events.filter((_, i) => i !== 1 && i < r.events.length - 1) }),
        ),
    ],
    ["ann joined before", (item) => sequenced(item, annJoined)],
    [
      "somebody twice",
      (item) =>
        sequenced(item, (r) =>
          ((s) => r.join({ ...s, members: [...s.members, s.members[0]!] }))(r.state(r.events.length - 1)),
        ),
    ],
    [
      "a member of ours who is nobody",
      (item) => sequenced(item, withMember({ fqid: "@ghost:home.localhost", membership: "leave" })),
    ],
    ["a member with no name", (item) => sequenced(item, withMember({ fqid: "@.:evil.localhost" }))],
    ["a power beyond", (item) => sequenced(item, withMember({ powerLevel: 101 }))],
    ["a time beyond", (item) => sequenced(item, withRoom({ createdAt: 9e15 }))],
    ["counts that lie", (item) => sequenced(item, withRoom({ joinedCount: 7 }))],
    ["a name that hides", (item) => sequenced(item, withRoom({ name: "a\u202eb" }))],
    ["a key of ours", (item) => sequenced(item, withRoom({ isPublic: true }))],
    ["a prototype", (item) => sequenced(item, withRoom(JSON.parse('{"constructor": 1}')))],
    ["another event of ours", (item) => ({ ...(sequenced(item, (r) => r.join()) as object), event: room.events[1] })],
  ];
  for (const [what, script] of cases) {
    serve(room, script);
    const answer = await ann.post(`/v1/rooms/${room.id}/join`, undefined);
    assert.ok(
      answer.status === 502 || answer.status === 504,
      `${what}: ${answer.status} ${JSON.stringify(answer.error)}`,
    );
    assert.equal((await ann.get(`/v1/rooms/${room.id}/messages`)).status >= 400, true, what);
    serve(room, () => ({ status: "refused", error: { code: "SW_MEMBER_STATE" } }));
    await ann.post(`/v1/rooms/${room.id}/join`);
  }
  room.events.length = honest;
  serve(room);
  assertOk(await ann.post(`/v1/rooms/${room.id}/join`));
  assert.equal(await headAt(home, room.id), room.events.at(-1)!.hash);
});

test("FD23 FIN-19 FIN-34 an invite shows a room of its own hub to somebody who is there, and nothing else", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann, world } = all;
  const third = await EvilPeer.start(t, "third.localhost");
  world.hosts.set(third.name, third.url);
  const ours = (await ann.roomWith([], { name: "Ours" })) as EvilRoom["id"];
  const theirs = new EvilRoom(third);
  assert.deepEqual((await results(third, home, [theirs.invite(ANN)]))[0], { status: "ok" });
  const before = (await roomAt(home, ours))!;
  const make = (id?: EvilRoom["id"]) => new EvilRoom(evil, id);
  const bad: [string, Item][] = [
    ["a room of ours", make(ours).invite(ANN)],
    ["a room of another hub", make(theirs.id).invite(ANN)],
    ["nobody", make().invite("@nobody:home.localhost")],
    ["somebody of another server", make().invite("@pat:third.localhost")],
    ["somebody of another tenant's name", make().invite("@ann:dev.localhost")],
    ["a text that is no name", make().invite("ann")],
    ["a name with a prototype", make().invite("__proto__")],
    ["a room whose id needs escapes", make("../../v1/me" as EvilRoom["id"]).invite(ANN)],
    ["a name that turns text around", make().invite(ANN, { name: "a\u202etxt" })],
    ["a time that is none", make().invite(ANN, { created_at: 9e15 })],
    ["a creator who is nobody", make().invite(ANN, { creator: "@.:evil.localhost" })],
    ["an unknown key", make().invite(ANN, { is_public: true })],
    ["an id in one place only", make().invite(ANN, { room_id: "room-1" })],
  ];
  const joining = make();
  const event = joining.append({ type: "swp.room.member", content: { participant: ANN, membership: "join" } });
  bad.push([
    "a join in the place of an invite",
    { ...(make().invite(ANN) as Extract<Item, { type: "invite" }>), event, head: joining.head(event) },
  ]);
  for (const [what, item] of bad) {
    assert.equal((await one(all, item)).status, "refused", what);
  }
  assert.deepEqual(await roomAt(home, ours), before);
  assert.equal((await roomAt(home, theirs.id))!.hub, third.name);
  const aliased = make();
  assert.equal((await one(all, aliased.invite(ANN, { room_alias: "#lobby:home.localhost" }))).status, "ok");
  assert.equal((await roomAt(home, aliased.id))!.alias, null);
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

test("FIN-29 FIN-28 FIN-47 what would harm readers is refused, and all readers and verify stay well", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  const type = "swp.room.message";
  const member = (more: object) => ({
    type: "swp.room.member",
    content: { participant: "@eve:evil.localhost", membership: "join", ...more },
  });
  const poison: [string, Parameters<EvilRoom["next"]>[0]][] = [
    ["a time in the year 287396", { type, envelope: { hub_ts: Number.MAX_SAFE_INTEGER } }],
    ["an origin in the year 12000", { type, envelope: { origin_ts: 316_516_000_000_000 } }],
    ["64 KiB and more", { type, content: { body: "x".repeat(66_000) } }],
    ["a nest of 33", { type, content: JSON.parse('{"a":'.repeat(33) + "1" + "}".repeat(33)) as object }],
    ["an id of 256", { type, envelope: { id: "e".repeat(256) } }],
    ["an id with a slash", { type, envelope: { id: "a/b" } }],
    ["an id that is a prototype's key", { type, envelope: { id: "__proto__" } }],
    ["a type with a line end", { type: "a.b\r\nc" }],
    ["a type of the platform", { type: "__proto__" }],
    ["mentions that are no list", { type, content: { mentions: { a: 1 } } }],
    ["mentions of objects", { type, content: { mentions: [{}] } }],
    [
      "a thousand mentions",
      { type, content: { mentions: Array.from({ length: 1000 }, (_, i) => `@u${i}:evil.localhost`) } },
    ],
    ["a reply to an object", { type, content: { reply_to_event_id: {} } }],
    ["a medium that is a text", { type, content: { media_id: "med-1" } }],
    ["an edit of nothing", { type: "swp.room.edit", content: {} }],
    ["an edit with a text", { type: "swp.room.edit", content: { event_id: "e", content: "x" } }],
    [
      "a reaction of a page",
      { type: "swp.room.reaction", content: { event_id: "e", emoji: "x".repeat(1000), action: "add" } },
    ],
    [
      "a reaction that does what it likes",
      { type: "swp.room.reaction", content: { event_id: "e", emoji: "👍", action: "toggle" } },
    ],
    ["a redaction of an object", { type: "swp.room.redaction", content: { event_id: {} } }],
    ["a membership of its own", member({ membership: "owner" })],
    ["a member who is a number", member({ participant: 5 })],
    ["a ban until whenever", member({ membership: "ban", expires_at: "whenever" })],
    ["a ban until the year 275760", member({ membership: "ban", expires_at: "+275760-09-13T00:00:00.000Z" })],
    ["an invite by an object", member({ membership: "invite", invited_by: {} })],
    ["a cause that is a text of its own", member({ cause: "<b>" })],
    ["a power of 1e9", { type: "swp.room.power", content: { participant: ANN, power_level: 1e9 } }],
    ["a power that is no number", { type: "swp.room.power", content: { participant: ANN, power_level: "100" } }],
    ["a name that is a list", { type: "swp.room.name", content: { name: ["a"] } }],
    ["a name that is nothing to see", { type: "swp.room.name", content: { name: "\u200b" } }],
    ["a topic with controls", { type: "swp.room.topic", content: { topic: "a\u0007" } }],
    ["a life of its own", { type: "swp.room.state", content: { state: "undead" } }],
    ["a sharing that is a text", { type: "swp.room.federation", content: { enabled: "no" } }],
  ];
  const before = await headAt(home, room.id);
  for (const [what, draft] of poison) {
    const event = room.next(draft);
    const { status } = await one(all, { type: "event", event, head: room.head(event) });
    assert.equal(status, "refused", what);
  }
  assert.equal(await headAt(home, room.id), before);
  // What may be said and looks bad is told as it came.
  const odd: JsonObject[] = [
    { body: "\u202e\u0000\u{1F468}\u200d\u{1F469}", constructor: "c", toString: [] },
    { body: "e\u0301" },
    { body: "\u00e9" },
    { msgtype: 5, body: { not: "a text" }, prototype: null, hasOwnProperty: 1 },
  ];
  for (const content of odd) room.append({ type, content });
  room.append({ type: "swp.room.unheard_of", content: { anything: 1 } });
  room.append({ type: "com.example.poll", content: {} });
  room.append({ type, content: { body: "at the end of time" }, envelope: { origin_ts: 253_402_300_799_999 } });
  const fresh = room.events.slice(-7);
  for (const { status } of await results(evil, home, room.deliver(fresh))) assert.equal(status, "confirmed");
  for (const path of [
    `/v1/rooms/${room.id}`,
    `/v1/rooms/${room.id}/messages?limit=200`,
    `/v1/rooms/${room.id}/members`,
    ...fresh.map(({ envelope }) => `/v1/rooms/${room.id}/events/${envelope.id}`),
    "/v1/me/rooms",
    "/v1/rooms",
  ]) {
    const answer = await ann.get(path);
    assert.ok(answer.status < 500, `${path}: ${answer.status} ${JSON.stringify(answer.error)}`);
  }
  const seen = (await ann.history(room.id)).filter(({ event_type }) => event_type === type);
  assert.deepEqual(
    seen.slice(0, 4).map(({ content }) => content),
    odd,
  );
  assert.deepEqual((await verify(home.server.db)).findings, []);
});
