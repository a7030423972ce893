import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@stairwell/protocol";
import type { WireEvent } from "@stairwell/protocol/federation";
import { assertOk, StreamClient } from "@stairwell/testing";
import { canonical } from "@stairwell/protocol";
import { verify } from "../../src/verify/index.ts";
import { rowsOf } from "../support/rows-of.ts";
import { EvilPeer, send } from "./evil-peer.ts";
import { answering, EvilRoom, propose, results } from "./evil-room.ts";
import { ANN, backfill, hubStage, MALLORY, member, MESSAGE, one, replicaStage, said, trapped } from "./evil-stage.ts";
import { headAt } from "./settle.ts";

const MEL = "@mel:evil.localhost";
const MEMBER = "swp.room.member";

test("FIN-23 an item of one kind that carries another is refused, and nothing of it is kept", async (t) => {
  const all = await hubStage(t);
  const { home, evil, room } = all;
  const trap = new EvilRoom(evil);
  const invite = trap.invite(ANN) as unknown as { event: WireEvent; head: unknown; room: object };
  const carrying = (event: WireEvent) => ({ ...invite, event, head: trap.head(event) });
  const message = propose(evil, room, said("x")) as unknown as { event: object };
  const bad: [string, unknown][] = [
    ["an invite with a join", carrying(trap.next(member(ANN, "join")))],
    ["an invite with a join of their own", carrying(trap.next(member(MALLORY, "join")))],
    ["an invite with a leave", carrying(trap.next(member(ANN, "leave", { cause: "kicked" })))],
    ["an invite with a ban", carrying(trap.next(member(ANN, "ban")))],
    ["an invite with a membership of its own", carrying(trap.next(member(ANN, "knock")))],
    ["an invite with a message", carrying(trap.next(said("x")))],
    [
      "an invite with power",
      carrying(trap.next({ type: "swp.room.power", content: { participant: ANN, power_level: 1 } })),
    ],
    ["an invite with nothing to read", carrying(without(trap.next(member(ANN, "invite"))))],
    ["an invite with a proposal", { ...invite, event: message.event }],
    ["an event with a proposal", { type: "event", event: message.event }],
    ["a proposal with an event", { type: "submit", event: invite.event }],
    ["a proposal with a head", { ...message, head: invite.head }],
    ["somebody else's join", propose(evil, room, member(MEL, "join"))],
    ["somebody else's leave as their own", propose(evil, room, member(MEL, "leave", { cause: "left" }))],
    ["a leave without a cause", propose(evil, room, member(MALLORY, "leave"))],
    ["a leave that says to be a kick", propose(evil, room, member(MALLORY, "leave", { cause: "kicked" }))],
    ["a ban of oneself", propose(evil, room, member(MALLORY, "ban"))],
    ["a knock", propose(evil, room, member(MALLORY, "knock"))],
    ["a resignation that is a kick", { type: "resign", room_id: room, participant: MALLORY, cause: "kicked" }],
    ["a resignation with an event", { ...message, type: "resign" }],
    ["typing with a text", { type: "typing", room_id: room, participant: MALLORY, typing: "yes" }],
    ["a profile with a membership", { ...member(MALLORY, "join"), type: "profile" }],
    ["a receipt", { type: "receipt", room_id: room, participant: MALLORY, event_id: "e" }],
    ["presence", { type: "presence", participant: MALLORY, state: "online" }],
    ["a key", { type: "key", key_id: "k", public_key: "x" }],
  ];
  const before = await rowsOf(home.server.db);
  for (const [what, item] of bad) {
    assert.equal((await one(all, item)).status, "refused", what);
    assert.equal(await rowsOf(home.server.db), before, what);
  }
});

test("FIN-24 an invite is taken back by who gave it, by those with the power, and by nobody else", async (t) => {
  const { home, evil, ann, admin, room } = await hubStage(t);
  await home.setPolicy({ members_may_invite: true });
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: MEL, reason: "come" }));
  const join = propose(evil, room, { ...member(MEL, "join"), sender: MEL });
  assert.equal((await results(evil, home, [join]))[0]!.status, "sequenced");
  const carl = home.server.person("carl", "home");
  await carl.signIn();
  const CARL = "@carl:home.localhost";
  const PAT = "@pat:third.localhost";
  const { participant_id } = assertOk(await carl.get("/v1/me")).data as { participant_id: string };
  assertOk(await ann.post(`/v1/rooms/${room}/invite`, { participant_id }));
  const invited = propose(evil, room, member(PAT, "invite", { invited_by: MALLORY }));
  assert.equal((await results(evil, home, [invited]))[0]!.status, "sequenced");
  const revoked = (who: string, sender: string) =>
    propose(evil, room, { ...member(who, "leave", { cause: "revoked" }), sender });
  const before = await headAt(home, room);
  const tries = [revoked(CARL, MALLORY), revoked(CARL, MEL), revoked(PAT, MEL), revoked(ANN, MALLORY)];
  for (const { status, error } of await results(evil, home, tries)) {
    assert.deepEqual([status, error?.code], ["refused", "SW_ROOM_FORBIDDEN"]);
  }
  assert.equal(await headAt(home, room), before);
  assert.equal((await carl.get(`/v1/rooms/${room}`)).status, 200);
  const [own] = await results(evil, home, [revoked(PAT, MALLORY)]);
  assert.equal(own!.status, "sequenced", JSON.stringify(own));
});

test("FIN-25 typing is shown of nobody but a server's own people, where they are, and nothing else is told", async (t) => {
  const all = await hubStage(t);
  const { home, evil, stranger, ann, room, own } = all;
  const stream = await StreamClient.open(t, ann);
  const typing = (participant: string, at = room) => ({ type: "typing", room_id: at, participant, typing: true });
  const before = await rowsOf(home.server.db);
  const silent = await results(evil, home, [
    typing(MEL),
    typing(MALLORY, own),
    typing(MALLORY, "room-none"),
    typing(MALLORY, "__proto__"),
  ]);
  // Nothing tells a room that is not there from one that is not shared.
  for (const each of silent) assert.deepEqual(each, { status: "ok" });
  for (const [peer, participant] of [
    [evil, ANN],
    [evil, "@pat:third.localhost"],
    [evil, "@:evil.localhost"],
    [stranger, MALLORY],
  ] as const) {
    assert.equal((await results(peer, home, [typing(participant)]))[0]!.status, "refused", participant);
  }
  assert.equal((await results(stranger, home, [typing("@pat:third.localhost")]))[0]!.status, "ok");
  assert.equal((await results(evil, home, [typing(MALLORY)]))[0]!.status, "ok");
  const seen = await stream.find("typing");
  assert.equal(seen["room_id"], room);
  assert.equal(stream.frames.filter(({ type }) => type === "typing").length, 1);
  assert.equal(await rowsOf(home.server.db), before);
});

test("FIN-35 what a hub refused stays refused, alone and among others, from wherever it comes", async (t) => {
  const all = await hubStage(t);
  const { home, evil, stranger, ann, room } = all;
  const refused = [
    propose(evil, room, { ...said("as ann"), sender: ANN }),
    propose(evil, room, said("unsigned"), { signed: { origin_ts: 1 } }),
    propose(evil, room, { type: "swp.room.power", content: { participant: MALLORY, power_level: 100 } }),
    propose(evil, room, member(ANN, "ban")),
  ];
  const before = await rowsOf(home.server.db);
  for (let i = 0; i < 3; i++) {
    const told = await results(evil, home, [...refused, ...refused.toReversed()]);
    assert.ok(told.every(({ status }) => status === "refused"));
  }
  for (const { status } of await results(stranger, home, refused)) assert.equal(status, "refused");
  assert.equal(await rowsOf(home.server.db), before);
  const good = propose(evil, room, said("good"));
  const told = await results(evil, home, [refused[0], good, refused[2]]);
  assert.deepEqual(
    told.map(({ status }) => status),
    ["refused", "sequenced", "refused"],
  );
  const bodies = (await ann.history(room)).filter(({ event_type }) => event_type === MESSAGE);
  assert.deepEqual(
    bodies.map(({ content }) => content.body),
    ["good"],
  );
});

test("FIN-35 what a replica refused stays refused: alone, in a run, as the gap before another, and of a third server", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann, world } = all;
  const third = await EvilPeer.start(t, "third.localhost");
  world.hosts.set(third.name, third.url);
  const room = await trapped(all);
  const honest = room.events.length;
  const before = await rowsOf(home.server.db);
  const lie = room.message("never said", { sender: ANN });
  const next = room.message("after it");
  const last = room.message("far");
  const asks = async (peer: EvilPeer, events: readonly WireEvent[]) => results(peer, home, room.deliver(events));
  for (let i = 0; i < 2; i++) {
    for (const events of [[lie], [lie, next], [next], [last], [lie, next, last]]) {
      for (const { status } of await asks(evil, events)) assert.ok(status === "refused" || status === "retry");
    }
  }
  const [told] = await results(third, home, [{ type: "event", event: lie, head: room.head(lie, {}, third.key) }]);
  assert.deepEqual([told!.status, told!.error?.code], ["refused", "SW_ROOM_NOT_FOUND"]);
  assert.equal(await rowsOf(home.server.db), before);
  // The same content, rightly said by the hub's own, is another event.
  room.events.length = honest;
  room.message("said");
  assert.equal((await asks(evil, room.events.slice(-1)))[0]!.status, "confirmed");
  assert.equal((await asks(evil, [lie]))[0]!.error?.code, "SW_ROOM_FROZEN");
  assert.deepEqual(
    (await ann.history(room.id)).flatMap(({ content }) => content?.body ?? []),
    ["said"],
  );
});

test("FIN-38 what is signed is kept with all that we do not know of it, and whatever else is unknown is refused", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  const content: JsonObject = {
    body: "hello",
    "x.unknown": { deep: [1, { more: null }] },
    constructor: "c",
    "": 0,
    "\u{1F600}": "\u00e9",
  };
  const kept = room.append({ type: MESSAGE, content });
  const standing = room.append({
    type: MEMBER,
    content: { participant: "@eve:evil.localhost", membership: "join", "x.unknown": [true] },
  });
  const told = await results(evil, home, room.deliver([kept, standing]));
  for (const { status } of told) assert.equal(status, "confirmed");
  const shown = assertOk(await ann.get(`/v1/rooms/${room.id}/events/${kept.envelope.id}`)).data;
  assert.equal(canonical((shown as { content: JsonObject }).content), canonical(content));
  const event = room.next(said("x"));
  const head = room.head(event);
  const before = await rowsOf(home.server.db);
  for (const [what, item] of [
    ["the item", { type: "event", event, head, unsigned: {} }],
    ["the event", { type: "event", event: { ...event, unsigned: { redacted: true } }, head }],
    ["the envelope", { type: "event", event: { ...event, envelope: { ...event.envelope, age: 1 } }, head }],
    ["the head", { type: "event", event, head: { ...head, more: 1 } }],
    [
      "a signature",
      {
        type: "event",
        event: { ...event, signatures: [{ key_id: "k", server_name: evil.name, value: head.signature, alg: "none" }] },
        head,
      },
    ],
  ] as const) {
    assert.equal((await one(all, item)).status, "refused", what);
  }
  assert.equal(await rowsOf(home.server.db), before);
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

test("FD20 FIN-39 nothing takes the place of what was withheld or redacted, and what nobody signs decides nothing", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = new EvilRoom(evil);
  const early = room.message("before your time");
  assert.equal((await one(all, room.invite(ANN))).status, "ok");
  const bare = (event: WireEvent) => without(event);
  answering(
    evil,
    (items) => ({
      results: items.map((item) => {
        if (item.type !== "submit") return { status: "ok" };
        const event = room.sequence(item.event);
        const join = room.join();
        return { status: "sequenced", event, head: room.head(), join: { ...join, events: join.events.map(bare) } };
      }),
    }),
    (target) => backfill(room, target),
  );
  assertOk(await ann.post(`/v1/rooms/${room.id}/join`));
  const seen = async (id: string) =>
    ((await ann.get(`/v1/rooms/${room.id}/events/${id}`)).data as { content: unknown })?.content ?? null;
  assert.equal(await seen(early.envelope.id), null);
  // The same event once more, with other words, with its own, and by way of the history before: it stays as it is.
  for (const event of [{ ...early, content: { body: "forged" } }, early]) {
    await one(all, { type: "event", event, head: room.head(event) });
    assert.equal(await seen(early.envelope.id), null);
  }
  // Withheld by its hub, it is content alone that is missing: its place is held by the chain.
  const live = room.message("said");
  const forged = { ...bare(live), content: { body: "put in its place" }, salt: "A".repeat(22) };
  assert.equal((await one(all, { type: "event", event: forged, head: room.head(live) })).status, "refused");
  assert.equal((await one(all, { type: "event", event: bare(live), head: room.head(live) })).status, "confirmed");
  for (const event of [forged, live]) await one(all, { type: "event", event, head: room.head(live) });
  assert.equal(await seen(live.envelope.id), null);
  // What is redacted is gone, and comes back with no repeat of it.
  const gone = room.message("to be redacted");
  const redaction = room.append({ type: "swp.room.redaction", content: { event_id: gone.envelope.id } });
  for (const { status } of await results(evil, home, room.deliver([gone, redaction])))
    assert.equal(status, "confirmed");
  for (const { status } of await results(evil, home, room.deliver([gone, redaction])))
    assert.equal(status, "confirmed");
  const { data } = assertOk(await ann.get(`/v1/rooms/${room.id}/events/${gone.envelope.id}`));
  assert.equal((data as { content: unknown }).content, null);
  const excuse = room.append({ type: "swp.room.redaction", content: { event_id: live.envelope.id } });
  assert.equal((await one(all, room.deliver([excuse])[0])).status, "confirmed");
  // A signature that nobody needs is none that may be there.
  const extra = room.next(said("x"));
  const { signature: value, key_id } = room.head(extra);
  const signed = { ...extra, signatures: [{ key_id, server_name: evil.name, value }] };
  assert.equal((await one(all, { type: "event", event: signed, head: room.head(extra) })).status, "refused");
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

test("FIN-40 composed and decomposed forms are two texts, and nothing is normalised after it was signed", async (t) => {
  const { home, evil, ann, room } = await hubStage(t);
  const [composed, decomposed] = ["\u00e9", "e\u0301"];
  const told = await results(evil, home, [
    propose(evil, room, said(composed)),
    propose(evil, room, said(decomposed)),
    propose(evil, room, { ...said("x"), sender: `@m${composed}:evil.localhost` }),
    propose(evil, room, { ...said("x"), sender: `@m${decomposed}:evil.localhost` }),
    propose(evil, room, said("x"), { signed: { id: composed }, sent: { id: composed } }),
    propose(evil, `room-${composed}`, said("x")),
  ]);
  assert.deepEqual(
    told.map(({ status }) => status),
    ["sequenced", "sequenced", "refused", "refused", "refused", "refused"],
  );
  const bodies = (await ann.history(room)).filter(({ event_type }) => event_type === MESSAGE);
  assert.deepEqual(
    bodies.map(({ content }) => content.body),
    [composed, decomposed],
  );
  // Where a text has one form here, it is in that form that it is signed, and in no other.
  const { id } = (await ann.history(room)).at(-1)!;
  const name = (text: string) => propose(evil, room, { type: "swp.room.name", content: { name: text } });
  const members = assertOk(await ann.get(`/v1/rooms/${room}/members`)).data as {
    participant: { fqid: string; id: string };
  }[];
  const mallory = members.find(({ participant }) => participant.fqid === MALLORY)!.participant.id;
  assertOk(await ann.put(`/v1/rooms/${room}/members/${mallory}/power-level`, { power_level: 50 }));
  const named = await results(evil, home, [name(decomposed), name(composed)]);
  assert.deepEqual(
    named.map(({ status }) => status),
    ["refused", "sequenced"],
  );
  const target = `/_stairwell/federation/v1/rooms/${room}/backfill?after=0&limit=1000`;
  const { body } = await send(home.server.url, "GET", target, evil.sign(home.name, "GET", target));
  const { events } = body.data as { events: WireEvent[] };
  assert.ok(events.some(({ envelope, content }) => envelope.id === id && content?.["body"] === decomposed));
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

/** An event as it crosses where its content does not. */
function without(whole: WireEvent): WireEvent {
  const { content: _, salt: __, ...event } = whole;
  return event;
}
