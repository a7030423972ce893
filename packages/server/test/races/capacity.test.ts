import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, atOnce, freshSeed, type Person, Random, rounds, type TestServer } from "@stairwell/testing";
import { assertSound, AT_ONCE, membersOf, openCrowd, tally } from "./crowd.ts";

const ROUNDS = rounds(1000, 20);

/** Rooms take so many, and one seat is free when a round begins. */
const CAPACITY = 4;

async function openFull(t: TestContext): Promise<{ server: TestServer; insiders: Person[]; outsiders: Person[] }> {
  const { server, people } = await openCrowd(t, CAPACITY - 1 + AT_ONCE);
  await server.setLimits({ max_participants: CAPACITY });
  return { server, insiders: people.slice(0, CAPACITY - 1), outsiders: people.slice(CAPACITY - 1) };
}

const FULL = "409 SW_ROOM_CAPACITY MB18";

async function seatsTaken(server: TestServer, roomId: string): Promise<number> {
  const members = await membersOf(server, roomId);
  return members.filter(({ membership }) => membership === "join" || membership === "invite").length;
}

test("MB18 of many joins for one seat exactly one succeeds", async (t) => {
  const { server, insiders, outsiders } = await openFull(t);
  for (let round = 0; round < ROUNDS; round++) {
    const room = await insiders[0]!.roomWith(insiders.slice(1), { room_type: "public" });
    const joins = await atOnce(AT_ONCE, (i) => outsiders[i]!.post(`/v1/rooms/${room}/join`));
    assert.deepEqual(tally(joins), { 200: 1, [FULL]: AT_ONCE - 1 });
    const seen = assertOk(await insiders[0]!.get(`/v1/rooms/${room}`)).data;
    assert.equal(seen.members_count, CAPACITY);
    assert.equal(await seatsTaken(server, room), CAPACITY);
  }
  await assertSound(server);
});

test("MB18 of many invites for one seat exactly one succeeds, and whoever is invited joins without another", async (t) => {
  const { server, insiders, outsiders } = await openFull(t);
  for (let round = 0; round < ROUNDS; round++) {
    const room = await insiders[0]!.roomWith(insiders.slice(1));
    const invites = await atOnce(AT_ONCE, (i) =>
      insiders[i % insiders.length]!.post(`/v1/rooms/${room}/invite`, { participant_id: outsiders[i]!.id }),
    );
    assert.deepEqual(tally(invites), { 200: 1, [FULL]: AT_ONCE - 1 });
    assert.equal(await seatsTaken(server, room), CAPACITY);
    const invited = outsiders[invites.findIndex(({ status }) => status === 200)]!;
    const joins = await atOnce(AT_ONCE, () => invited.post(`/v1/rooms/${room}/join`));
    assert.deepEqual(tally(joins), { 200: AT_ONCE });
    assert.equal(await seatsTaken(server, room), CAPACITY);
  }
  await assertSound(server);
});

test("MB18 joins, rejoins and invites share the seats", async (t) => {
  const { server, insiders, outsiders } = await openFull(t);
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const room = await insiders[0]!.roomWith(insiders.slice(1), { room_type: "public" });
    const answers = await atOnce(AT_ONCE, (i) => {
      const call = random.pick(["join", "rejoin", "invite"]);
      return call === "invite"
        ? random.pick(insiders).post(`/v1/rooms/${room}/invite`, { participant_id: outsiders[i]!.id })
        : outsiders[i]!.post(`/v1/rooms/${room}/${call}`);
    });
    assert.deepEqual(tally(answers), { 200: 1, [FULL]: AT_ONCE - 1 }, `seed ${seed}`);
    assert.equal(await seatsTaken(server, room), CAPACITY);
  }
  await assertSound(server);
});

test("MB17 MB18 joining and leaving without end never passes the capacity, and the count is right whenever it is looked at", async (t) => {
  const { server, insiders, outsiders } = await openFull(t);
  const [creator] = insiders as [Person];
  const seed = freshSeed();
  const random = new Random(seed);
  const room = await creator.roomWith([], { room_type: "public" });

  let looks = 0;
  let most = 0;
  async function look(): Promise<void> {
    const row = await server.db.get<{ counted: number; joined: number; seats: number; taken: number }>(
      `SELECT r.joined_count AS counted, r.joined_count + r.invited_count AS seats,
         (SELECT count(*) FROM members m WHERE m.room_no = r.room_no AND m.membership = 'join') AS joined,
         (SELECT count(*) FROM members m WHERE m.room_no = r.room_no AND m.membership IN ('join', 'invite')) AS taken
       FROM rooms r WHERE r.room_id = $1`,
      room,
    );
    assert.equal(row!.counted, row!.joined, `seed ${seed}`);
    assert.equal(row!.seats, row!.taken, `seed ${seed}`);
    assert(row!.seats <= CAPACITY, `seed ${seed}: ${row!.seats} seats are taken`);
    most = Math.max(most, row!.seats);
    looks++;
  }

  let refused = 0;
  await atOnce(AT_ONCE, async (i) => {
    const person = outsiders[i]!;
    for (let turn = 0; turn < rounds(400); turn++) {
      const joined = await person.post(`/v1/rooms/${room}/${random.pick(["join", "rejoin"])}`);
      await look();
      if (joined.status === 409) refused++;
      else {
        assertOk(joined);
        if (random.chance(0.3)) {
          assertOk(await creator.post(`/v1/rooms/${room}/kick`, { participant_id: person.id }));
        } else {
          assertOk(await person.post(`/v1/rooms/${room}/leave`));
        }
      }
      await look();
    }
  });
  assert.equal(most, CAPACITY, "the room was never full");
  assert(refused > 0);
  t.diagnostic(`seed ${seed}: the count was looked at ${looks} times, ${refused} joins found the room full`);
  assert.equal(assertOk(await creator.get(`/v1/rooms/${room}`)).data.members_count, 1);
  await assertSound(server);
});
