import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import { givePower, RoomUnderTest, startVerified } from "./room-under-test.ts";

/** A public room of alice's with somebody of every standing in it, and bob with this power. */
async function everybody(server: TestServer, power: number) {
  const names = ["alice", "bob", "plain", "moderator", "admin", "invitee", "gone", "banned", "stranger"] as const;
  const [alice, bob, plain, moderator, admin, invitee, gone, banned, stranger] = await server.people(...names);
  const room = new RoomUnderTest(
    server,
    await alice.roomWith([bob, plain, moderator, admin, gone], { room_type: "public" }),
    alice,
  );
  for (const [who, level] of [
    [bob, power],
    [moderator, 50],
    [admin, 100],
  ] as const)
    await givePower(alice, room, who, level);
  assertOk(await alice.post(room.path("/invite"), { participant_id: invitee.id }));
  assertOk(await gone.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/ban"), { participant_id: banned.id }));
  return { room, bob, targets: { alice, plain, moderator, admin, invitee, gone, banned, stranger } };
}

/** What each action is in a call on somebody whose power is this. */
const ON: Record<string, (room: RoomUnderTest, by: Person, who: Person, present: number) => ReturnType<Person["get"]>> =
  {
    invite: (room, by, who) => by.post(room.path("/invite"), { participant_id: who.id }),
    kick: (room, by, who) => by.post(room.path("/kick"), { participant_id: who.id }),
    ban: (room, by, who) => by.post(room.path("/ban"), { participant_id: who.id }),
    set_power: (room, by, who, present) =>
      by.put(room.path(`/members/${who.id}/power-level`), { power_level: present === 0 ? 1 : 0 }),
  };
const POWERS: Record<string, number> = { alice: 100, moderator: 50, admin: 100 };

for (const power of [0, 50, 51, 100]) {
  test(`GET can with a target answers power ${power} as the call on that person does`, async (t) => {
    const server = await startVerified(t);
    await server.person("alice").signIn();
    await server.liftLimits();
    let at = await everybody(server, power);
    for (const action of Object.keys(ON)) {
      for (const name of Object.keys(at.targets) as (keyof typeof at.targets)[]) {
        const { room, bob, targets } = at;
        const target = targets[name];
        const query = `/can?action=${action}&target=${target.id}`;
        const { data } = await room.changesNothing(() => bob.get(room.path(query)));
        const answer = await ON[action]!(room, bob, target, POWERS[name] ?? 0);
        assert.equal(data.allowed, answer.status === 200, `${action} ${name}: ${JSON.stringify(answer.error)}`);
        if (data.allowed) {
          at = await everybody(server, power);
          continue;
        }
        const { code, rule = null, needed = null, actual = null } = answer.error;
        assert.deepEqual(data, { allowed: false, code, rule, needed, actual }, `${action} ${name}`);
      }
      const nobody = await at.bob.get(at.room.path(`/can?action=${action}&target=prt-nobody`));
      assert.equal(assertOk(nobody).data.allowed, false);
    }
  });
}

test("LC5 GET can of restoring answers as rejoin does where the tenant may have no more rooms", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([]), alice);
  const can = async () => (await room.changesNothing(() => alice.get(room.path("/can?action=restore")))).data;
  assertOk(await alice.post(room.path("/archive")));
  assert.equal((await can()).allowed, true);
  await alice.roomWith([]);
  await server.setLimits({ max_rooms: 1 });
  const none = await room.refuses(() => alice.post(room.path("/rejoin")), 409, "SW_TENANT_CAPACITY", "LC5");
  const { code, rule } = none.error;
  assert.deepEqual(await can(), { allowed: false, code, rule, needed: null, actual: null });
});
