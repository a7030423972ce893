import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, FaultProxy, type Person } from "@stairwell/testing";
import { ANN, BOB, bodiesOf, pair, type Pair, say } from "./pair.ts";
import { foldAt, roomAt, settled, sound, until } from "./settle.ts";

const DMS = "/v1/me/federated-dms";

/** A direct room that somebody opened. */
async function open(person: Person, fqid: string, status: 200 | 201): Promise<string> {
  const answer = await person.post(DMS, { fqid });
  assert.equal(answer.status, status, JSON.stringify(answer));
  return (answer.data as { id: string }).id;
}

async function viewOf(person: Person, room: string): Promise<Record<string, unknown>> {
  return assertOk(await person.get(`/v1/rooms/${room}`)).data as Record<string, unknown>;
}

/** Ann's server sorts first and is the hub of both; either side may be the one who opens. */
for (const opens of ["ann", "bob"] as const) {
  test(`FD24 ${opens} opens a direct room, the other is invited, joins, and reads all that was said`, async (t) => {
    const all = await pair(t);
    const { a, b } = all;
    const [opener, other] = opens === "ann" ? [all.ann, all.bob] : [all.bob, all.ann];
    const [mine, theirs] = opens === "ann" ? [ANN, BOB] : [BOB, ANN];
    const room = await open(opener, theirs, 201);
    const own = await viewOf(opener, room);
    const { room_type, federated, hub, name, is_public, workspace_id, dm_with, me } = own;
    assert.deepEqual(
      [room_type, federated, hub, name, is_public, workspace_id],
      ["dm", true, a.name, null, false, null],
    );
    assert.equal((dm_with as { fqid: string }).fqid, theirs);
    const { membership, power_level, notification_mode, can } = me as Record<string, unknown>;
    assert.deepEqual([membership, power_level, notification_mode], ["join", 100, "all"]);
    const mayNot = ["invite", "kick", "ban", "rename", "move", "set_power", "federate", "export"];
    for (const action of mayNot) assert.equal((can as Record<string, boolean>)[action], false, action);
    assert.equal(await open(opener, theirs, 200), room);

    await say(opener, room, "before you came");
    await until(async () => ((await other.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
    const invited = await viewOf(other, room);
    assert.equal((invited["me"] as { membership: string }).membership, "invite");
    assert.equal((invited["dm_with"] as { fqid: string }).fqid, mine);
    assertOk(await other.post(`/v1/rooms/${room}/join`));
    await say(other, room, "here I am");
    await settled([a, b], room);
    for (const person of [opener, other]) {
      assert.deepEqual(await bodiesOf(person, room), ["before you came", "here I am"]);
      assert.equal((await viewOf(person, room))["members_count"], 2);
    }
    assert.deepEqual(await foldAt(a, room, [ANN, BOB]), await foldAt(b, room, [ANN, BOB]));
    await sound(a, b);
  });
}

const BOTH = ["ann", "bob"] as const;

/** A direct room that both are in, opened by either; who opened it comes first. */
async function direct(
  all: Pair,
  opens: (typeof BOTH)[number] = "ann",
): Promise<{ room: string; sides: [Person, Person] }> {
  const sides: [Person, Person] = opens === "ann" ? [all.ann, all.bob] : [all.bob, all.ann];
  const room = await open(sides[0], opens === "ann" ? BOB : ANN, 201);
  await until(async () => ((await sides[1].get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await sides[1].post(`/v1/rooms/${room}/join`));
  await settled([all.a, all.b], room);
  return { room, sides };
}

async function standing(person: Person, room: string): Promise<string | undefined> {
  const answer = await person.get(`/v1/rooms/${room}`);
  return (answer.data as { me?: { membership: string } } | undefined)?.me?.membership;
}

test("FD24 who opens a room that waits for them has come in by it", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await open(ann, BOB, 201);
  await until(() => roomAt(b, room), "the invite");
  assert.equal(await open(bob, ANN, 200), room);
  assert.equal(await standing(bob, room), "join");
  await settled([a, b], room);
  const carl = b.server.person("carl", "b");
  await carl.signIn();
  const second = await open(carl, ANN, 201);
  await until(async () => ((await standing(ann, second)) === "invite" ? true : undefined), "the invite");
  assert.equal(await open(ann, "@carl:b.localhost", 200), second);
  assert.equal(await standing(ann, second), "join");
  await settled([a, b], second);
  await sound(a, b);
});

test("FD24 a room that nobody but the other's server knows yet is the one that is answered", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob, world } = all;
  const toB = await FaultProxy.start(t, b.server.url);
  world.hosts.set(b.name, toB.url);
  // Bob is asked for, and cannot be told: the invite waits.
  toB.fault = ({ method }) => (method === "POST" ? "down" : undefined);
  const room = await open(ann, BOB, 201);
  assert.equal(await roomAt(b, room), undefined);
  assert.equal(await open(bob, ANN, 200), room);
  assert.equal(await standing(bob, room), "join");
  toB.fault = undefined;
  await settled([a, b], room);
  await sound(a, b);
});

for (const opens of BOTH) {
  test(`DM4 FD24 who leaves a room that ${opens} opened comes back by a message, and by opening it again`, async (t) => {
    const all = await pair(t);
    const { a, b, ann, bob } = all;
    const { room } = await direct(all, opens);
    for (const [goes, stays, others] of [
      [bob, ann, ANN],
      [ann, bob, BOB],
    ] as const) {
      assertOk(await goes.post(`/v1/rooms/${room}/leave`));
      await settled([a, b], room);
      assertRefused(await goes.get(`/v1/rooms/${room}`), 403, "SW_ROOM_FORBIDDEN", "VS3");
      await say(stays, room, "come back");
      await until(async () => ((await standing(goes, room)) === "join" ? true : undefined), "the return");
      await settled([a, b], room);
      assertOk(await goes.post(`/v1/rooms/${room}/leave`));
      await settled([a, b], room);
      assert.equal(await open(goes, others, 200), room);
      await settled([a, b], room);
    }
    // When both have left it is archived; either brings it back, and the other with the first message.
    assertOk(await ann.post(`/v1/rooms/${room}/leave`));
    await settled([a, b], room);
    assertOk(await bob.post(`/v1/rooms/${room}/leave`));
    assert.equal((await roomAt(a, room))?.room.state, "archived");
    assert.equal(await open(bob, ANN, 200), room);
    await settled([a, b], room);
    assert.equal((await roomAt(b, room))?.room.state, "open");
    await say(bob, room, "again");
    await until(async () => ((await standing(ann, room)) === "join" ? true : undefined), "the return");
    await settled([a, b], room);
    assert.deepEqual(await bodiesOf(ann, room), ["come back", "come back", "again"]);
    assert.deepEqual(await foldAt(a, room, [ANN, BOB]), await foldAt(b, room, [ANN, BOB]));
    await sound(a, b);
  });

  test(`FD24 who declines what ${opens} opened is joined by nobody, and may be invited again`, async (t) => {
    const all = await pair(t);
    const { a, b } = all;
    const [opener, other] = opens === "ann" ? [all.ann, all.bob] : [all.bob, all.ann];
    const theirs = opens === "ann" ? BOB : ANN;
    const room = await open(opener, theirs, 201);
    await until(async () => ((await standing(other, room)) === "invite" ? true : undefined), "the invite");
    assertOk(await other.post(`/v1/rooms/${room}/leave`));
    const seen = async () => (await foldAt(a, room, [theirs])) as { members: { membership: string }[] };
    await until(async () => ((await seen()).members[0]?.membership === "leave" ? true : undefined), "the decline");
    await say(opener, room, "are you there?");
    assert.equal((await seen()).members[0]?.membership, "leave");
    assert.equal(await open(opener, theirs, 200), room);
    await until(async () => ((await standing(other, room)) === "invite" ? true : undefined), "the second invite");
    assertOk(await other.post(`/v1/rooms/${room}/join`));
    await settled([a, b], room);
    assert.deepEqual(await bodiesOf(other, room), ["are you there?"]);
    await sound(a, b);
  });

  test(`DM5 FD24 a room that ${opens} opened and that was closed stays closed, and the next is new, once`, async (t) => {
    const all = await pair(t);
    const { a, b, ann, bob } = all;
    const { room, sides } = await direct(all, opens);
    assertOk(await sides[1].post(`/v1/rooms/${room}/close`));
    await settled([a, b], room);
    const [mine, theirs] = opens === "ann" ? [ANN, BOB] : [BOB, ANN];
    const next = await open(sides[0], theirs, 201);
    assert.notEqual(next, room);
    await until(async () => ((await standing(sides[1], next)) === "invite" ? true : undefined), "the invite");
    assert.equal(await open(sides[1], mine, 200), next);
    await settled([a, b], next);
    // Of what is closed while one is out of it nobody tells them: they find out by asking.
    assertOk(await bob.post(`/v1/rooms/${next}/leave`));
    await settled([a, b], next);
    assertOk(await ann.post(`/v1/rooms/${next}/close`));
    const third = await open(bob, ANN, 201);
    assert.equal(new Set([room, next, third]).size, 3);
    await until(async () => ((await standing(ann, third)) === "invite" ? true : undefined), "the invite");
    assert.equal(await open(ann, BOB, 200), third);
    await settled([a, b], third);
    await sound(a, b);
  });
}

test("FD24 an invite to a room that was closed meanwhile makes way for the next", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const first = await open(ann, BOB, 201);
  await until(() => roomAt(b, first), "the invite");
  assertOk(await ann.post(`/v1/rooms/${first}/close`));
  const second = await open(ann, BOB, 201);
  await until(() => roomAt(b, second), "the second invite");
  assert.equal(await open(bob, ANN, 200), second);
  await settled([a, b], second);
  await sound(a, b);
});

test("FD24 whom one cannot open a room with, and what to do instead", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const dora = await a.server.person("dora", "a").signIn();
  assertRefused(await ann.post(DMS, { fqid: ANN }), 400, "SW_ROOM_TYPE_INVARIANT", "DM2");
  const ours = await ann.post(DMS, { fqid: "@dora:a.localhost" });
  assertRefused(ours, 400, "SW_REQUEST_INVALID");
  assert.match(JSON.stringify(ours.error!.details), /POST \/v1\/rooms\/dm/);
  for (const fqid of ["@nobody:b.localhost", "bob", "@:b.localhost", "@bob:", "@Bob:b.localhost", "#x:b.localhost"]) {
    assertRefused(await ann.post(DMS, { fqid }), 404, "SW_PARTICIPANT_NOT_FOUND");
  }
  assertRefused(await bob.post(DMS, { fqid: "@nobody:a.localhost" }), 404, "SW_PARTICIPANT_NOT_FOUND");
  const nowhere = await ann.post(DMS, { fqid: "@x:nowhere.localhost" });
  assertRefused(nowhere, 502, "SW_FED_PEER_UNREACHABLE");
  assert.match(nowhere.error!.message, /nowhere\.localhost/);
  const gone = await a.server.person("gone", "a").signIn();
  const { room } = await direct(all);
  const goner = a.server.person("gone", "a");
  await open(goner, BOB, 201);
  assertOk(await admin.post(`/v1/admin/participants/${gone.id}/deactivate`));
  assertRefused(await bob.post(DMS, { fqid: "@gone:a.localhost" }), 404, "SW_PARTICIPANT_NOT_FOUND");

  // The call for people of one server does not take anybody of another where they did not say so.
  const atA = assertOk(await ann.get("/v1/directory/participants?type=federated")).data as {
    id: string;
    fqid: string;
  }[];
  const bobAtA = atA.find(({ fqid }) => fqid === BOB)!.id;
  for (const person of [ann, a.server.person("dora", "a")]) {
    const refused = await person.post("/v1/rooms/dm", { participant_id: bobAtA });
    assertRefused(refused, 400, "SW_ROOM_TYPE_INVARIANT", "FD24");
    assert.match(refused.error!.message, /federated-dms/);
  }
  assertOk(await ann.post("/v1/rooms/dm", { participant_id: dora.id }));

  for (const home of [a, b]) {
    for (const policy of [
      { default_mode: "closed" },
      { default_mode: "open", denied_peers: [a.name, b.name] },
      { default_mode: "open", max_foreign_participants_per_room: 0 },
    ] as const) {
      await home.setPolicy({ denied_peers: [], max_foreign_participants_per_room: 50, ...policy });
      const isCount = "max_foreign_participants_per_room" in policy;
      // How many people of elsewhere a room takes in is for its hub to say.
      const [x, y] = [a.server.person("dora", "a"), b.server.person("dirk", "b")];
      await y.signIn();
      if (isCount && home === b) continue;
      const refused = await x.post(DMS, { fqid: "@dirk:b.localhost" });
      assertRefused(refused, 403, "SW_FED_POLICY");
      if (home === b) assert.match(refused.error!.message, /^The federation policy of b\.localhost refuses this/);
      assertRefused(await y.post(DMS, { fqid: "@dora:a.localhost" }), 403, "SW_FED_POLICY");
    }
    await home.setPolicy({ default_mode: "open", denied_peers: [], max_foreign_participants_per_room: 50 });
  }
  // Whether members may invite to rooms is another question.
  await a.setPolicy({ members_may_invite: false });
  await open(a.server.person("dora", "a"), "@dirk:b.localhost", 201);
  const own = b.server.person("admin", "b");
  await own.signIn();
  for (const [person, enabled] of [
    [admin, true],
    [admin, false],
    [own, true],
    [own, false],
  ] as const) {
    assertRefused(await person.put(`/v1/admin/rooms/${room}/federate`, { enabled }), 400, "SW_ROOM_TYPE_INVARIANT");
  }
  await settled([a, b], room);
  await sound(a, b);
});
