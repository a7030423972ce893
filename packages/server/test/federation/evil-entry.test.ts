import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item, SignedHead } from "@stairwell/protocol/federation";
import { assertOk } from "@stairwell/testing";
import { EvilPeer } from "./evil-peer.ts";
import { EvilRoom, results } from "./evil-room.ts";
import { ANN, one, replicaStage, serve } from "./evil-stage.ts";
import { headAt, roomAt, sound } from "./settle.ts";

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
    ["no room", (item) => sequenced(item, () => undefined)],
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

test("FOU-12 FOU-15 nothing is put beneath an invite that is of another log than it", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const admin = home.server.person("admin", "home");
  await admin.signIn();
  const room = new EvilRoom(evil);
  assert.equal((await one(all, room.invite(ANN))).status, "ok");
  // In the log that it shows from now on, something else stands where the invite did.
  room.events.pop();
  room.append({ type: "swp.room.member", content: { participant: ANN, membership: "invite", reason: "another" } });
  room.message("before the join");
  const shown = room.events.length - 1;
  serve(room, (item) => {
    const event = room.sequence(item.event);
    const join = room.join(undefined, { events: room.events.slice(shown, -1) });
    return { status: "sequenced", event, head: room.head(), join };
  });
  const answer = evil.answer!;
  evil.answer = (request, response) => {
    if (!request.url!.includes("before=")) return answer(request, response);
    const events = room.events.slice(0, shown);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ data: { events, head: room.head(events.at(-1)) } }));
  };
  assertOk(await ann.post(`/v1/rooms/${room.id}/join`));
  const { data } = assertOk(await admin.post(`/v1/admin/rooms/${room.id}/federation/backfill`, { limit: 100 }));
  assert.deepEqual(data, { fetched: shown, stored: 0, rejected: shown, oldest_position: shown + 1, has_more: true });
  await sound(home);
});
