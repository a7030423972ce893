import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, ChildServer, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { assertSoundFolder } from "./journal.ts";

const ROOMS = 60;
/** Rooms of the person's own, each with another member who inherits. */
const OWN = 8;

test("AU9 a server that is killed while somebody leaves their rooms goes on with it, and each room is left once", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const server = await ChildServer.start(t, { withoutLimits: true });
  const open: string[] = [];
  const [maker] = await server.people("alice");
  for (let i = 0; i < ROOMS; i++) open.push(await maker.roomWith([], { room_type: "public", name: `Room ${i}` }));
  let resumed = 0;
  for (let round = 0; round < rounds(30); round++) {
    const context = `seed ${seed}, round ${round}`;
    const [alice, admin, bob] = await server.people("alice", "admin", `bob${round}`);
    await Promise.all(open.map(async (room) => assertOk(await bob.post(`/v1/rooms/${room}/join`))));
    const own = await Promise.all(Array.from({ length: OWN }, () => bob.roomWith([alice])));
    const path = `/v1/admin/participants/${bob.id}`;
    assertOk(await admin.post(`${path}/deactivate`));
    // The moment of the crash is what is random here.
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 40)));
    await server.kill("SIGKILL");
    await server.startAgain();

    const [after, reader] = await server.people("admin", "alice");
    const person = assertOk(await after.get(path)).data;
    assert.notEqual(person.deactivated_at, null, context);
    if (person.leaving) resumed++;
    await untilGone(after, path);
    for (const room of [...open, ...own]) {
      assert.deepEqual(await goings(reader, room, bob), ["leave deactivated"], `${context}, ${room}`);
    }
    for (const room of own) {
      const { me, members_count } = assertOk(await reader.get(`/v1/rooms/${room}`)).data;
      assert.deepEqual([me.power_level, members_count], [100, 1], context);
    }
  }
  await assertSoundFolder(server.data);
  t.diagnostic(`seed ${seed}: ${resumed} of ${rounds(30)} crashes came while rooms were being left`);
});

async function untilGone(admin: Person, path: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (assertOk(await admin.get(path)).data.leaving === true) {
    assert(performance.now() < deadline, "somebody does not leave their rooms");
  }
}

/** What somebody's events in a room say of their going. */
async function goings(reader: Person, room: string, who: Person): Promise<string[]> {
  const events = (await reader.history(room)).filter(({ content }) => content.participant === who.id);
  const memberships = events.filter(({ event_type }) => event_type === "swp.room.member");
  return memberships
    .filter(({ content }) => content.membership === "leave")
    .map(({ content }) => `${content.membership} ${content.cause}`);
}
