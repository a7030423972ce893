import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { CLOSE } from "@stairwell/protocol/stream";
import { assertOk, assertRefused, Person, rounds, StreamClient, stopwatch } from "@stairwell/testing";
import { RoomUnderTest } from "../members/room-under-test.ts";
import { openStage, unchanged } from "../support/stage.ts";
import { deactivate, managed, untilGone } from "./managed.ts";

async function tokenOf(who: Person): Promise<Person> {
  const { token } = assertOk(await who.post("/v1/me/tokens", { name: "a token" })).data;
  return new Person(who.url, who.name, token);
}

test("AU9 AU3 a deactivated person is let in no more, by no credential, and their streams end at once", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const holder = await tokenOf(bob);
  const stream = await StreamClient.open(t, bob);
  const took = stopwatch();
  await deactivate(server, admin, bob);
  assert.equal((await stream.closed()).code, CLOSE.credential);
  for (const who of [bob, holder]) assertRefused(await who.get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
  assert(took() < 1000);
  await assert.rejects(stream.resume(), /401/);
});

test("AU9 MB15 MB16 they leave each room with the cause deactivated, an heir is found and the last one archives", async (t) => {
  const { server, admin, bob, carol, dave } = await openStage(t, ["admin", "bob", "carol", "dave"]);
  const led = new RoomUnderTest(server, await bob.roomWith([carol, dave]), carol);
  const joined = new RoomUnderTest(server, await carol.roomWith([bob]), carol);
  const alone = await bob.roomWith([]);
  const invited = new RoomUnderTest(server, await carol.roomWith([], { invite: [bob.id] }), carol);
  const archived = new RoomUnderTest(server, await carol.roomWith([bob]), carol);
  assertOk(await carol.post(archived.path("/archive")));
  const closed = new RoomUnderTest(server, await carol.roomWith([bob]), carol);
  assertOk(await carol.post(closed.path("/close")));
  await deactivate(server, admin, bob);

  const last = async (room: RoomUnderTest, count: number) => (await carol.history(room.id)).slice(-count);
  const gone = { sender_id: null, content: { participant: bob.id, membership: "leave", cause: "deactivated" } };
  const [leave, power] = await last(led, 2);
  assert.partialDeepStrictEqual(leave, gone);
  assert.partialDeepStrictEqual(power, {
    event_type: "swp.room.power",
    sender_id: null,
    content: { participant: carol.id, power_level: 100, cause_event_id: leave.id },
  });
  for (const room of [joined, invited, archived, closed]) {
    const [event] = await last(room, 1);
    assert.partialDeepStrictEqual(event, gone);
  }
  assert.equal(assertOk(await admin.get(`/v1/admin/rooms/${alone}`)).data.state, "archived");
});

test("AU9 the open invites that they have made are taken back, however many, and those of others stay", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  await server.liftLimits();
  const room = await bob.roomWith([carol]);
  const guests = await Promise.all(Array.from({ length: 230 }, (_, i) => server.person(`guest${i}`).signIn()));
  const path = `/v1/rooms/${room}`;
  await Promise.all(
    guests.map((guest, i) => (i < 5 ? carol : bob).post(`${path}/invite`, { participant_id: guest.id }).then(assertOk)),
  );
  const left = await bob.roomWith([carol]);
  assertOk(await bob.post(`/v1/rooms/${left}/invite`, { participant_id: guests[0]!.id }));
  assertOk(await bob.post(`/v1/rooms/${left}/leave`));
  await deactivate(server, admin, bob);
  const page = assertOk(await carol.get(`${path}/members?membership=invite&limit=500`));
  assert.deepEqual(
    page.data.map((member: { participant_id: string }) => member.participant_id).toSorted(),
    guests
      .slice(0, 5)
      .map(({ id }) => id)
      .toSorted(),
  );
  assert.deepEqual(assertOk(await carol.get(`/v1/rooms/${left}/members?membership=invite`)).data, []);
  assertRefused(await guests[9]!.get(path), 403, "SW_ROOM_FORBIDDEN", "VS3");
});

test("AU9 an incognito room that closes with its creator closes", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const room = await bob.roomWith([carol], { room_type: "incognito" });
  await deactivate(server, admin, bob);
  assert.equal(assertOk(await carol.get(`/v1/rooms/${room}`)).data.state, "closed");
});

test("DM4 DM2 a DM is archived with a side that is deactivated, also one they had left; it reads on and nothing more", async (t) => {
  const { server, admin, bob, carol, dave } = await openStage(t, ["admin", "bob", "carol", "dave"]);
  const open = async (by: Person, other: Person) =>
    assertOk(await by.post("/v1/rooms/dm", { participant_id: other.id })).data.id as string;
  const present = await open(bob, carol);
  await bob.say(present, "Hello");
  const left = await open(bob, dave);
  assertOk(await bob.post(`/v1/rooms/${left}/leave`));
  await deactivate(server, admin, bob);
  for (const [room, other] of [
    [present, carol],
    [left, dave],
  ] as const) {
    const path = `/v1/rooms/${room}`;
    const shown = assertOk(await other.get(path)).data;
    assert.deepEqual([shown.state, shown.dm_with.display_name, shown.me.can.restore], ["archived", "bob", false]);
    assert.equal((await other.history(room)).at(-1).event_type, "swp.room.state");
    assertRefused(await other.post(`${path}/send`, { content: {} }), 409, "SW_ROOM_FROZEN", "LC1");
    assertRefused(await other.post(`${path}/rejoin`), 404, "SW_PARTICIPANT_NOT_FOUND");
    assertRefused(await other.post("/v1/rooms/dm", { participant_id: bob.id }), 404, "SW_PARTICIPANT_NOT_FOUND");
  }
});

test("MB15 who was deactivated inherits nothing while there is anybody else", async (t) => {
  const { server, admin, bob, carol, dave } = await openStage(t, ["admin", "bob", "carol", "dave"]);
  const room = await bob.roomWith([carol, dave]);
  assertOk(await bob.put(`/v1/rooms/${room}/members/${carol.id}/power-level`, { power_level: 90 }));
  // As it stands between a deactivation and the leaves that follow it.
  await server.db.write("deployment", (tx) =>
    tx.run("UPDATE participants SET deactivated_at = 1 WHERE local_id = 'carol'"),
  );
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  const heir = assertOk(await dave.get(`/v1/rooms/${room}`)).data.me.power_level;
  assert.equal(heir, 100);
  // Of two who go at once, the first leaves the power to the second, who archives the room.
  const other = await bob.roomWith([dave]);
  await Promise.all([bob, dave].map((who) => admin.post(managed(who, "/deactivate")).then(assertOk)));
  await untilGone(server);
  assert.equal(assertOk(await admin.get(`/v1/admin/rooms/${other}`)).data.state, "archived");
});

test("AU9 they are listed in no directory, cannot be invited, and history shows them by name", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const room = await carol.roomWith([bob]);
  await bob.say(room, "I was here");
  await deactivate(server, admin, bob);
  const names = assertOk(await carol.get("/v1/directory/participants?q=bob")).data;
  assert.deepEqual(names, []);
  const invite = carol.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id });
  assertRefused(await invite, 404, "SW_PARTICIPANT_NOT_FOUND");
  const said = (await carol.history(room)).find(({ content }) => content.body === "I was here");
  assert.equal(said.sender_id, bob.id);
  const [gone] = assertOk(await carol.get(`/v1/rooms/${room}/members?membership=leave`)).data;
  assert.deepEqual([gone.participant.display_name, gone.cause], ["bob", "deactivated"]);
});

test("AU9 again it changes nothing; let in again they have their id, and no role, token or room", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  assertOk(await admin.patch(managed(bob), { roles: ["admin"] }));
  const holder = await tokenOf(bob);
  const room = await carol.roomWith([bob]);
  await deactivate(server, admin, bob);
  const first = assertOk(await admin.get(managed(bob))).data;
  assert.deepEqual([first.roles, first.leaving], [[], false]);
  assert.deepEqual(assertOk(await admin.post(managed(bob, "/deactivate"))).data, first);
  const again = assertOk(await admin.post(managed(bob, "/reactivate"))).data;
  assert.deepEqual([again.id, again.deactivated_at, again.roles], [bob.id, null, []]);
  assert.deepEqual(assertOk(await admin.post(managed(bob, "/reactivate"))).data, again);
  assert.equal(assertOk(await bob.get("/v1/me")).data.participant_id, bob.id);
  assertRefused(await holder.get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
  assertRefused(await bob.get(`/v1/rooms/${room}`), 403, "SW_ROOM_FORBIDDEN", "VS3");
});

test("AU9 nobody is let in again while they are still leaving, nor beyond max_accounts", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  await deactivate(server, admin, bob);
  const row =
    "INSERT INTO deactivations (tenant_no, participant_no, done_room_no) SELECT tenant_no, participant_no, 0 ";
  await server.db.write("deployment", (tx) => tx.run(`${row} FROM participants WHERE local_id = 'bob'`));
  assert.equal(assertOk(await admin.get(managed(bob))).data.leaving, true);
  const early = await admin.post(managed(bob, "/reactivate"));
  assertRefused(early, 409, "SW_MEMBER_STATE", "AU9");
  assert.equal(early.headers.get("retry-after"), "1");
  await server.db.write("deployment", (tx) => tx.run("DELETE FROM deactivations"));
  await server.setLimits({ max_accounts: 1 });
  assertRefused(await admin.post(managed(bob, "/reactivate")), 409, "SW_TENANT_CAPACITY", "AU6");
});

test("AU9 whoever was let in before their deactivation comes into no room after it", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const room = await carol.roomWith([], { room_type: "public" });
  const late = [
    await begin(bob, "/v1/rooms", { room_type: "group", name: "Mine" }),
    await begin(bob, "/v1/rooms/dm", { participant_id: carol.id }),
    await begin(bob, "/v1/me/tokens", { name: "for later" }),
  ];
  // By now the requests above are let in: their heads came first, and this one is answered.
  assertOk(await bob.get("/v1/me"));
  await deactivate(server, admin, bob);
  await unchanged(server, async () => {
    for (const end of late) assert.equal(await end(), 401);
  });
  for (let round = 0; round < rounds(100); round++) {
    assertOk(await admin.post(managed(bob, "/reactivate")));
    const join = () => bob.post(`/v1/rooms/${room}/join`);
    await Promise.all([join(), admin.post(managed(bob, "/deactivate")), join()]);
    await untilGone(server);
    const left = await server.db.all(
      "SELECT 1 FROM members m JOIN participants p USING (tenant_no, participant_no) WHERE p.local_id = 'bob' AND m.membership = 'join'",
    );
    assert.deepEqual(left, [], `round ${round}`);
  }
});

/** Sends a request but for the last byte of its body; what is answered sends that, and settles with the status. */
async function begin(who: Person, path: string, body: object): Promise<() => Promise<number>> {
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${who.credential}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  };
  const asking = request(who.url + path, { method: "POST", headers, agent: false });
  await new Promise<void>((resolve) => asking.write(text.slice(0, -1), () => resolve()));
  return async () => {
    asking.end(text.slice(-1));
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode!;
  };
}

test("AU9 both calls take an empty object as well as no body, and nothing in it", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  for (const verb of ["/deactivate", "/reactivate"]) {
    assertRefused(await admin.post(managed(bob, verb), { reason: "none" }), 400, "SW_REQUEST_INVALID");
    assertOk(await admin.post(managed(bob, verb), {}));
    await untilGone(server);
    assertOk(await admin.post(managed(bob, verb)));
  }
});
