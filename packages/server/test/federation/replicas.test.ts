import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { BOB, bodiesOf, idOf, pair, say, shared } from "./pair.ts";
import { headAt, roomAt, settled, until } from "./settle.ts";

test("FD22 BU2 a replica shows what is its hub's as the hub's, and what only the hub can do it refuses", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  await b.server.setLimits({ max_rooms: 1 }, "b");
  await bob.roomWith([], { name: "All that there may be" });
  const room = await shared(all);
  const at = `/v1/rooms/${room}`;
  const { data } = assertOk(await bob.get(at));
  const { is_public, workspace_id, hub, room_alias, federated, me } = data as Record<string, unknown>;
  const there = assertOk(await ann.get(at)).data as { room_alias: string };
  assert.deepEqual([is_public, workspace_id, hub, federated], [false, null, a.name, true]);
  assert.equal(room_alias, there.room_alias);
  const { can } = me as { can: Record<string, boolean> };
  assert.deepEqual([can["send"], can["move"], can["federate"], can["export"]], [true, false, false, false]);

  const bobAtA = await idOf(ann, room, BOB);
  assertOk(await ann.put(`${at}/members/${bobAtA}/power-level`, { power_level: 100 }));
  await settled([a, b], room);
  const admin = b.server.person("admin", "b");
  await admin.signIn();
  const workspace = (assertOk(await bob.post("/v1/workspaces", { name: "Ours" })).data as { id: string }).id;
  const bobAtB = (assertOk(await bob.get("/v1/me")).data as { participant_id: string }).participant_id;
  for (const refused of [
    await bob.put(`${at}/workspace`, { workspace_id: workspace }),
    await bob.patch(at, { is_public: true }),
    await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }),
    await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@ann:a.localhost" }),
    await admin.post(`/v1/admin/rooms/${room}/restore`, { participant_id: bobAtB }),
  ]) {
    assertRefused(refused, 400, "SW_ROOM_TYPE_INVARIANT", "FD22");
  }
  for (const person of [ann, bob]) {
    const refused = await person.get(`${at}/export`);
    assertRefused(refused, 400, "SW_ROOM_EXPORT_REFUSED", "BU2");
    assert.match(refused.error.message, /shared with other servers/);
  }
  assertOk(await ann.patch(at, { is_public: true }));
  await settled([a, b], room);
  const carl = b.server.person("carl", "b");
  await carl.signIn();
  assertRefused(await carl.get(at), 404, "SW_ROOM_NOT_FOUND");
  const listed = assertOk(await carl.get("/v1/directory/rooms")).data as { id: string }[];
  assert.ok(!listed.some(({ id }) => id === room));
  const own = assertOk(await bob.get(at)).data as { is_public: boolean };
  assert.equal(own.is_public, false);
  const found = assertOk(await bob.get(`${at}/members?q=ann`)).data as { participant: { fqid: string } }[];
  assert.deepEqual(
    found.map(({ participant }) => participant.fqid),
    ["@ann:a.localhost"],
  );
});

test("LC8 FD22 an administrator of a replica's tenant is told who redacts there, and redacts as anybody does", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const [theirs, own] = [await say(ann, room, "of ann's"), await say(bob, room, "of bob's")];
  await settled([a, b], room);
  const there = b.server.person("admin", "b");
  await there.signIn();
  const before = await headAt(b, room);
  for (const id of [theirs, own]) {
    const answer = await there.post(`/v1/admin/rooms/${room}/events/${id}/redact`, { reason: "no" });
    assertRefused(answer, 400, "SW_ROOM_TYPE_INVARIANT", "FD22");
    assert.match(answer.error!.message, /its administrators redact there/);
  }
  assert.equal(await headAt(b, room), before);
  assert.deepEqual(await bodiesOf(bob, room), ["of ann's", "of bob's"]);
  assertOk(await bob.post(`/v1/rooms/${room}/events/${own}/redact`, {}));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/events/${theirs}/redact`, { reason: "no" }));
  await settled([a, b], room);
  for (const person of [ann, bob]) assert.deepEqual(await bodiesOf(person, room), [null, null]);
  const acts = assertOk(await there.get("/v1/admin/audit")).data as { action: string }[];
  assert.ok(!acts.some(({ action }) => action === "event.redact"));
});

test("FD11 members invite people of other servers where policy lets them, and their server is asked first", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await ann.roomWith([], { name: "Ours" });
  const at = `/v1/rooms/${room}/invite`;
  assertRefused(await ann.post(at, { fqid: BOB }), 409, "SW_FED_NOT_FEDERATED", "FD11");
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertRefused(await ann.post(at, { fqid: BOB }), 403, "SW_FED_POLICY", "FD11");
  for (const named of ["bob", "b", "bob@b.localhost"]) {
    const refused = await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: named });
    assertRefused(refused, 404, "SW_PARTICIPANT_NOT_FOUND");
    assert.match((refused.error as { message: string }).message, /as @local_id:server_name/);
  }
  await a.setPolicy({ members_may_invite: true });
  assertRefused(await ann.post(at, { fqid: "@nobody:b.localhost" }), 404, "SW_PARTICIPANT_NOT_FOUND");
  assertOk(await ann.post(at, { fqid: BOB }));
  await until(() => roomAt(b, room), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  const carl = b.server.person("carl", "b");
  await carl.signIn();
  // Of a room of another server, that server's policy decides.
  assertOk(await bob.post(at, { fqid: "@carl:b.localhost" }));
  assertOk(await carl.post(`/v1/rooms/${room}/join`));
  const dora = a.server.person("dora", "a");
  await dora.signIn();
  assertOk(await bob.post(at, { fqid: "@dora:a.localhost" }));
  assertOk(await dora.post(`/v1/rooms/${room}/join`));
  await settled([a, b], room);
});

test("MB5 a bot that accepts every invite accepts one of another server", async (t) => {
  const all = await pair(t);
  const { a, b, admin } = all;
  const room = await shared(all);
  const owner = b.server.person("admin", "b");
  await owner.signIn();
  assertOk(
    await owner.post("/v1/admin/participants", {
      local_id: "helper",
      display_name: "Helper",
      participant_type: "bot",
      auto_join: true,
    }),
  );
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@helper:b.localhost" }));
  await until(async () => {
    const members = assertOk(await all.ann.get(`/v1/rooms/${room}/members`)).data as unknown[];
    return members.length === 3 ? true : undefined;
  }, "the bot");
  await settled([a, b], room);
});

test("FD11 who shares by invite alone answers those it invited, or who invited it, and nobody else", async (t) => {
  const all = await pair(t);
  const { world, a, b } = all;
  await a.setPolicy({ default_mode: "invite_only" });
  const stranger = await b.askProfile(a.name, "ann");
  assert.equal("code" in stranger && stranger.code, "SW_FED_POLICY");
  const room = await shared(all);
  await say(all.bob, room, "let in");
  assert.ok("data" in (await b.askProfile(a.name, "ann")));
  const c = await world.start("c");
  const other = await c.askProfile(a.name, "ann");
  assert.equal("code" in other && other.code, "SW_FED_POLICY");
  await a.setPolicy({ denied_peers: [b.name] });
  const denied = await b.askProfile(a.name, "ann");
  assert.equal("code" in denied && denied.code, "SW_FED_POLICY");
});
