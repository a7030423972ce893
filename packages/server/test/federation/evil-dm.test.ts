import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { DM_CONTENT } from "@stairwell/protocol/room";
import type { Item, ProposedEvent } from "@stairwell/protocol/federation";
import { newId } from "../../src/lib/random.ts";
import { MOST_WAITING } from "../../src/federation/hub/submit-opening.ts";
import { assertOk, assertRefused } from "@stairwell/testing";
import { EvilPeer } from "./evil-peer.ts";
import { EvilRoom, type Loose, propose, results } from "./evil-room.ts";
import { ANN, hubStage, member, one, type ReplicaStage, replicaStage, said, serve } from "./evil-stage.ts";
import { BOB, pair } from "./pair.ts";
import { headAt, roomAt, settled, sound, until } from "./settle.ts";
import type { Home } from "./world.ts";

const CREATE = { type: "swp.room.create", content: DM_CONTENT };
const ANN_AT_HOME = "@ann:home.localhost";

interface Lie {
  opener?: string;
  other?: string;
  create?: { type: string; content: unknown; sender?: string };
  join?: { type: string; content: unknown; sender?: string };
  invite?: { type: string; content: unknown; sender?: string };
  bend?: Parameters<typeof propose>[3];
}

/** An opening as a scripted server makes it. */
function opening(peer: EvilPeer, lie: Lie = {}, roomId = newId("room")): Item {
  const { opener = `@pat:${peer.name}`, other = ANN_AT_HOME, bend } = lie;
  const event = (draft: { type: string; content: unknown; sender?: string }): ProposedEvent =>
    (propose(peer, roomId, { sender: opener, ...draft }, bend) as { event: ProposedEvent }).event;
  return {
    type: "submit",
    event: event(lie.join ?? member(opener, "join")),
    opening: {
      create: event(lie.create ?? CREATE),
      invite: event(lie.invite ?? member(other, "invite", { invited_by: opener })),
    },
  };
}

async function countOf({ server, tenant }: Home, table: "rooms" | "participants"): Promise<number> {
  const row = await server.db.get<{ n: number }>(
    `SELECT count(*) AS n FROM ${table} WHERE tenant_no = $1`,
    tenant.tenantNo,
  );
  return row!.n;
}

test("FD24 FD15 a server opens direct rooms for its own people alone, and where it is not the hub itself", async (t) => {
  const { world, home, evil, stranger, ann } = await hubStage(t);
  const before = [await countOf(home, "rooms"), await countOf(home, "participants")];
  const honest = opening(stranger) as Extract<Item, { type: "submit" }>;
  const bent = (bend: object) => ({ ...honest, opening: { ...honest.opening, ...bend } });
  const ofOther = opening(stranger, {}) as Extract<Item, { type: "submit" }>;
  const bad: [string, EvilPeer, unknown, string][] = [
    ["ann as the opener", stranger, opening(stranger, { opener: ANN_AT_HOME }), "SW_FED_POLICY"],
    ["somebody of a third server", stranger, opening(stranger, { opener: "@eve:evil.localhost" }), "SW_FED_POLICY"],
    ["its server as the opener", stranger, opening(stranger, { opener: "@:third.localhost" }), "SW_REQUEST_INVALID"],
    ["a server that sorts first", evil, opening(evil), "SW_FED_POLICY"],
    ["nobody", stranger, opening(stranger, { other: "@nobody:home.localhost" }), "SW_PARTICIPANT_NOT_FOUND"],
    ["of another tenant", stranger, opening(stranger, { other: "@ann:dev.localhost" }), "SW_PARTICIPANT_NOT_FOUND"],
    ["of a third server", stranger, opening(stranger, { other: "@eve:evil.localhost" }), "SW_PARTICIPANT_NOT_FOUND"],
    ["with itself", stranger, opening(stranger, { other: "@pat:third.localhost" }), "SW_REQUEST_INVALID"],
    ["begun by ann", stranger, opening(stranger, { create: { ...CREATE, sender: ANN_AT_HOME } }), "SW_FED_POLICY"],
    [
      "begun by another",
      stranger,
      opening(stranger, { create: { ...CREATE, sender: "@q:third.localhost" } }),
      "SW_REQUEST_INVALID",
    ],
    [
      "a group",
      stranger,
      opening(stranger, { create: { ...CREATE, content: { ...DM_CONTENT, room_type: "group" } } }),
      "SW_REQUEST_INVALID",
    ],
    [
      "with a name",
      stranger,
      opening(stranger, { create: { ...CREATE, content: { ...DM_CONTENT, name: "X" } } }),
      "SW_REQUEST_INVALID",
    ],
    ["joining ann", stranger, opening(stranger, { join: member(ANN_AT_HOME, "join") }), "SW_REQUEST_INVALID"],
    [
      "without being in it",
      stranger,
      opening(stranger, { join: member("@pat:third.localhost", "leave") }),
      "SW_REQUEST_INVALID",
    ],
    ["ann joined at once", stranger, opening(stranger, { invite: member(ANN_AT_HOME, "join") }), "SW_REQUEST_INVALID"],
    [
      "invited by another",
      stranger,
      opening(stranger, { invite: member(ANN_AT_HOME, "invite", { invited_by: ANN_AT_HOME }) }),
      "SW_REQUEST_INVALID",
    ],
    ["by another server's key", stranger, opening(stranger, { bend: { key: evil.key } }), "SW_FED_SIGNATURE"],
    [
      "signed for another room",
      stranger,
      opening(stranger, { bend: { signed: { room_id: newId("room") } } }),
      "SW_FED_SIGNATURE",
    ],
    ["a beginning of another room", stranger, bent({ create: ofOther.opening!.create }), "SW_REQUEST_INVALID"],
    ["an invite of another room", stranger, bent({ invite: ofOther.opening!.invite }), "SW_REQUEST_INVALID"],
    ["the same event twice", stranger, bent({ invite: honest.event }), "SW_REQUEST_INVALID"],
    ["no beginning", stranger, bent({ create: undefined }), "SW_REQUEST_INVALID"],
    ["more than that", stranger, bent({ power: honest.event }), "SW_REQUEST_INVALID"],
    [
      "a room of ours",
      stranger,
      opening(stranger, {}, (await ann.roomWith([], { name: "Ours" })) as never),
      "SW_IDEMPOTENCY_CONFLICT",
    ],
    ["an id that is none", stranger, opening(stranger, {}, "a/b" as never), "SW_PARTICIPANT_NOT_FOUND"],
  ];
  for (const [what, peer, item, code] of bad) {
    const [result] = await results(peer, home, [item]);
    assert.deepEqual([result!.status, result!.error?.code], ["refused", code], what);
  }
  // The one room that ann made meanwhile; nobody has become somebody by being refused.
  assert.deepEqual([await countOf(home, "rooms"), await countOf(home, "participants")], [before[0]! + 1, before[1]]);

  const [made] = await results(stranger, home, [honest]);
  assert.equal(made!.status, "sequenced", JSON.stringify(made));
  const [again] = await results(stranger, home, [honest]);
  assert.deepEqual(again!.event, made!.event);
  const [next] = await results(stranger, home, [opening(stranger)]);
  assert.equal(next!.status, "known");
  assert.equal(await countOf(home, "rooms"), before[0]! + 2);
  assert.ok(world.hosts.size > 0);
});

test("RMZ-26 FD24 nobody but its two sides is ever in a direct room, whoever asks for it and how", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = (assertOk(await ann.post("/v1/me/federated-dms", { fqid: BOB })).data as { id: string }).id;
  await until(() => roomAt(b, room), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
  const head = await headAt(a, room);
  const own = b.server.person("admin", "b");
  const people = { a: await a.server.person("carl", "a").signIn(), b: await b.server.person("cora", "b").signIn() };
  const at = `/v1/rooms/${room}`;
  for (const [person, invitee] of [
    [ann, { participant_id: people.a.id }],
    [ann, { fqid: "@cora:b.localhost" }],
    [bob, { participant_id: people.b.id }],
    [bob, { fqid: "@carl:a.localhost" }],
  ] as const) {
    assertRefused(await person.post(`${at}/invite`, invitee), 400, "SW_ROOM_TYPE_INVARIANT", "DM3");
  }
  await own.signIn();
  for (const [person, fqid] of [
    [admin, "@cora:b.localhost"],
    [own, "@carl:a.localhost"],
  ] as const) {
    const refused = await person.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid });
    assertRefused(refused, 400, "SW_ROOM_TYPE_INVARIANT");
  }
  for (const [home, name] of [
    [a, "carl"],
    [b, "cora"],
  ] as const) {
    const outsider = home.server.person(name, home.tenant.slug);
    for (const call of ["join", "rejoin", "leave"]) {
      assertRefused(await outsider.post(`${at}/${call}`), 404, "SW_ROOM_NOT_FOUND");
    }
    assertRefused(await outsider.get(at), 404, "SW_ROOM_NOT_FOUND");
  }
  assert.equal(await headAt(a, room), head);
  await sound(a, b);
});

test("RMZ-26 FD24 a server that shares a direct room brings no third into it", async (t) => {
  const { home, stranger, ann } = await hubStage(t);
  const PAT = "@pat:third.localhost";
  const opened = opening(stranger) as Extract<Item, { type: "submit" }>;
  assert.equal((await results(stranger, home, [opened]))[0]!.status, "sequenced");
  const room = opened.event.room_id;
  assertOk(await ann.post(`/v1/rooms/${room}/join`));
  await home.server.person("carl", "home").signIn();
  const before = await headAt(home, room);
  const asPat = (draft: { type: string; content: unknown }) => propose(stranger, room, { ...draft, sender: PAT });
  for (const [what, item, code] of [
    [
      "an invite of carl",
      asPat(member("@carl:home.localhost", "invite", { invited_by: PAT })),
      "SW_ROOM_TYPE_INVARIANT",
    ],
    [
      "an invite of quinn",
      asPat(member("@quinn:third.localhost", "invite", { invited_by: PAT })),
      "SW_ROOM_TYPE_INVARIANT",
    ],
    [
      "quinn's join",
      propose(stranger, room, { ...member("@quinn:third.localhost", "join"), sender: "@quinn:third.localhost" }),
      "SW_ROOM_NOT_FOUND",
    ],
    ["quinn's words", propose(stranger, room, { ...said("x"), sender: "@quinn:third.localhost" }), "SW_ROOM_NOT_FOUND"],
    ["ann's kick", asPat(member(ANN_AT_HOME, "leave", { cause: "kicked" })), "SW_ROOM_TYPE_INVARIANT"],
    ["ann's ban", asPat(member(ANN_AT_HOME, "ban")), "SW_ROOM_TYPE_INVARIANT"],
    ["a name", asPat({ type: "swp.room.name", content: { name: "X" } }), "SW_ROOM_TYPE_INVARIANT"],
    [
      "power",
      asPat({ type: "swp.room.power", content: { participant: ANN_AT_HOME, power_level: 0 } }),
      "SW_ROOM_TYPE_INVARIANT",
    ],
  ] as const) {
    const [result] = await results(stranger, home, [item]);
    assert.deepEqual([result!.status, result!.error?.code], ["refused", code], what);
  }
  assert.equal(await headAt(home, room), before);
  assert.equal((await results(stranger, home, [asPat(said("mine"))]))[0]!.status, "sequenced");
  await sound(home);
});

/** As many rows more as said, each like the one that there is but for its room. */
async function multiplied({ server, tenant }: Home, table: string, count: number, room: (i: number) => object) {
  await server.db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const row = await tx.get<Record<string, string | number | null>>(
      `SELECT * FROM ${table} WHERE tenant_no = $1 AND room_no = (SELECT max(room_no) FROM ${table} WHERE tenant_no = $1)`,
      tenant.tenantNo,
    );
    for (let i = 0; i < count; i++) {
      const next = { ...row, ...room(i) };
      const marks = Object.keys(next).map((_, at) => `$${at + 1}`);
      const columns = Object.keys(next).join(", ");
      await tx.run(`INSERT INTO ${table} (${columns}) VALUES (${marks.join(", ")})`, ...Object.values(next));
    }
  });
}

test("FD24 a server opens no more direct rooms than wait for somebody, for people of its own making", async (t) => {
  const { home, stranger, ann } = await hubStage(t);
  const first = opening(stranger) as Extract<Item, { type: "submit" }>;
  assert.equal((await results(stranger, home, [first]))[0]!.status, "sequenced");
  await multiplied(home, "rooms", MOST_WAITING - 1, (i) => {
    return { room_no: 1000 + i, room_id: `room-${i}`, dm_low: null, dm_high: null };
  });
  await multiplied(home, "deliveries", MOST_WAITING - 1, (i) => ({ room_no: 1000 + i }));
  const known = await countOf(home, "participants");
  const next = opening(stranger, { opener: "@quinn:third.localhost" });
  const [more] = await results(stranger, home, [next]);
  assert.deepEqual([more!.status, more!.error?.code], ["refused", "SW_ROOM_CAPACITY"]);
  assert.equal(await countOf(home, "participants"), known);
  assertOk(await ann.post(`/v1/rooms/${first.event.room_id}/join`));
  assert.equal((await results(stranger, home, [next]))[0]!.status, "sequenced");
});

const DM = { room_type: "dm", name: null };

/** A direct room of the evil hub's mallory, with ann invited to it. */
function trap(all: ReplicaStage): { room: EvilRoom; invite: (more?: object, fqid?: string) => Item } {
  const room = new EvilRoom(all.evil);
  room.events = [];
  room.append({ type: "swp.room.create", content: DM_CONTENT });
  room.append(member("@mallory:evil.localhost", "join"));
  room.append({ type: "swp.room.federation", content: { enabled: true }, sender: "@:evil.localhost" });
  return { room, invite: (more = {}, fqid = ANN) => room.invite(fqid, { ...DM, ...more }) };
}

const refusedAs = (result: Loose) => [result.status, result.error?.code];

test("FD24 FIN-22 an invite to a direct room is believed of its hub's own person, from the server that sorts first", async (t) => {
  const all = await replicaStage(t);
  const { world, home, ann } = all;
  await home.server.person("carl", "home").signIn();
  for (const [what, more] of [
    ["opened by somebody of a third server", { creator: "@eve:third.localhost" }],
    ["opened by somebody of ours who is not invited", { creator: "@carl:home.localhost" }],
    ["with a name", { name: "A trap" }],
  ] as const) {
    assert.deepEqual(refusedAs(await one(all, trap(all).invite(more))), ["refused", "SW_ROOM_TYPE_INVARIANT"], what);
  }
  const late = await EvilPeer.start(t, "late.localhost");
  world.hosts.set(late.name, late.url);
  const wrong = { ...all, evil: late };
  assert.deepEqual(refusedAs(await one(wrong, trap(wrong).invite())), ["refused", "SW_ROOM_TYPE_INVARIANT"]);
  assert.equal(await countOf(home, "rooms"), 0);

  const { room, invite } = trap(all);
  assert.deepEqual(await one(all, invite()), { status: "ok" });
  assert.deepEqual(refusedAs(await one(all, invite({}, "@carl:home.localhost"))), ["refused", "SW_FED_SIGNATURE"]);
  assert.equal((await roomAt(home, room.id))!.room.invitedCount, 1);
  assertRefused(await home.server.person("carl", "home").get(`/v1/rooms/${room.id}`), 404, "SW_ROOM_NOT_FOUND");
  assertOk(await ann.get(`/v1/rooms/${room.id}`));
});

test("RMZ-26 FD24 FIN-45 a hub that brings a third into a direct room, or makes a group of it, is not believed", async (t) => {
  for (const [what, spoil] of [
    ["a third in the state", (room: EvilRoom) => void room.append(member("@eve:evil.localhost", "join", {}))],
    ["words of a third before the join", (room: EvilRoom) => void room.message("x", { sender: "@eve:evil.localhost" })],
  ] as const) {
    const all = await replicaStage(t);
    const { room, invite } = trap(all);
    assert.deepEqual(await one(all, invite()), { status: "ok" }, what);
    spoil(room);
    serve(room);
    const refused = await all.ann.post(`/v1/rooms/${room.id}/join`);
    assertRefused(refused, 504, "SW_FED_OUTCOME_UNKNOWN");
    assert.equal((await roomAt(all.home, room.id))!.room.joinedCount, 1, what);
  }
  const all = await replicaStage(t);
  const { room, invite } = trap(all);
  assert.deepEqual(await one(all, invite()), { status: "ok" });
  serve(room, (item) => {
    const event = room.sequence(item.event);
    const state = room.state(room.events.length - 1);
    const asGroup = { ...state, room: { ...state.room, roomType: "group" as const } };
    return { status: "sequenced", event, head: room.head(), join: room.join(asGroup) };
  });
  assertRefused(await all.ann.post(`/v1/rooms/${room.id}/join`), 504, "SW_FED_OUTCOME_UNKNOWN");
  serve(room, (item) => {
    const event = room.events.find(({ envelope }) => envelope.id === item.event.id) ?? room.sequence(item.event);
    return { status: "sequenced", event, head: room.head(), join: room.join() };
  });
  await until(async () => ((await roomAt(all.home, room.id))!.room.joinedCount === 2 ? true : undefined), "the join");
  for (const [what, draft] of [
    ["a third's join", { ...member("@eve:evil.localhost", "join"), sender: "@eve:evil.localhost" }],
    ["a third's invite", member("@eve:evil.localhost", "invite")],
    ["carl's invite", member("@carl:home.localhost", "invite")],
    ["a third's power", { type: "swp.room.power", content: { participant: "@eve:evil.localhost", power_level: 100 } }],
    ["a third's words", { ...said("x"), sender: "@eve:evil.localhost" }],
  ] as const) {
    const event = room.append(draft);
    const [result] = await results(all.evil, all.home, room.deliver([event]));
    assert.deepEqual(refusedAs(result!), ["refused", "SW_FED_SIGNATURE"], what);
    room.events.pop();
  }
  const fine = room.message("mine");
  const [result] = await results(all.evil, all.home, room.deliver([fine]));
  assert.equal(result!.status, "confirmed");
  assert.equal((await roomAt(all.home, room.id))!.room.joinedCount, 2);
});

test("FD24 what a hub answers to an opening is that room, or nothing", async (t: TestContext) => {
  const all = await replicaStage(t);
  const { evil, home, ann } = all;
  const MALLORY = "@mallory:evil.localhost";
  const profile = { fqid: MALLORY, display_name: "M", participant_type: "human", avatar_url: null };
  const other = trap(all);
  let answer: (item: Extract<Item, { type: "submit" }>) => unknown = () => ({ status: "unchanged" });
  evil.answer = (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url!.startsWith("/.well-known/")) return void response.end(evil.descriptor());
    if (request.method === "GET") return void response.end(JSON.stringify({ data: profile }));
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { items } = JSON.parse(Buffer.concat(chunks).toString()) as { items: Item[] };
      const done = items.map((item) => (item.type === "submit" ? answer(item) : { status: "ok" }));
      response.end(JSON.stringify({ data: { results: done } }));
    });
  };
  const open = () => ann.post("/v1/me/federated-dms", { fqid: MALLORY });
  assertRefused(await open(), 502, "SW_FED_PEER_UNREACHABLE", "FD24");
  answer = () => ({ status: "refused", error: { code: "SW_PARTICIPANT_NOT_FOUND" } });
  assertRefused(await open(), 404, "SW_PARTICIPANT_NOT_FOUND");
  // An invite to a room of somebody else is what it is, and not what was asked for.
  const eve = new EvilRoom(evil);
  eve.events = [];
  eve.append({ type: "swp.room.create", content: DM_CONTENT, sender: "@eve:evil.localhost" });
  eve.append({ ...member("@eve:evil.localhost", "join"), sender: "@eve:evil.localhost" });
  const invite = eve.invite(ANN, { ...DM, creator: "@eve:evil.localhost" }) as Extract<Item, { type: "invite" }>;
  answer = () => ({ status: "known", invite: { ...invite, type: "invite" } });
  const before = await countOf(home, "rooms");
  assert.ok((await open()).status >= 400);
  assert.ok((await countOf(home, "rooms")) - before <= 1);
  answer = () => ({ status: "known", invite: other.invite() });
  const known = await open();
  // It is joined by asking the hub, which answers nonsense again.
  assert.ok(known.status >= 400, JSON.stringify(known));
  assert.equal((await roomAt(home, other.room.id))!.room.joinedCount, 1);
});
