import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { assertSound, AT_ONCE, logOf, membersOf, openCrowd, racing } from "./crowd.ts";

const ROUNDS = rounds(1000, 20);

/** Positions of the member events about somebody, with what they made of them. */
async function stays(
  server: Parameters<typeof logOf>[0],
  room: string,
  who: Person,
): Promise<{ at: number; membership: string }[]> {
  const log = await logOf(server, room);
  return log
    .filter(({ event_type }) => event_type === "swp.room.member")
    .map(({ position, content }) => ({
      at: position,
      ...(JSON.parse(content) as { participant: string; membership: string }),
    }))
    .filter(({ participant }) => participant === who.me.fqid)
    .map(({ at, membership }) => ({ at, membership }));
}

test("MB2 a join that meets a ban ends banned, whichever came first", async (t) => {
  const { server, people } = await openCrowd(t, 3);
  const [alice, bob, carol] = people as [Person, Person, Person];
  const seed = freshSeed();
  const random = new Random(seed);
  let joinedFirst = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([carol], { room_type: "public" });
    if (random.chance(0.5)) assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
    const [ban, entries] = await racing(
      random,
      () => alice.post(`/v1/rooms/${room}/ban`, { participant_id: bob.id }),
      () => {
        const door = random.int(0, 2);
        return door === 2
          ? carol.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id })
          : bob.post(`/v1/rooms/${room}/${door === 0 ? "join" : "rejoin"}`);
      },
    );
    assertOk(ban);
    for (const entry of entries) if (entry.status !== 200) assertRefused(entry, 403, "SW_ROOM_FORBIDDEN", "MB2");
    const members = await membersOf(server, room);
    assert.equal(members.find(({ local_id }) => local_id === bob.name)?.membership, "ban", `seed ${seed}`);
    const passages = await stays(server, room, bob);
    assert.equal(passages.at(-1)!.membership, "ban", `seed ${seed}`);
    if (passages.some(({ membership }) => membership === "join")) joinedFirst++;
    assertRefused(await bob.post(`/v1/rooms/${room}/join`), 403, "SW_ROOM_FORBIDDEN", "MB2");
  }
  t.diagnostic(`seed ${seed}: in ${joinedFirst} of ${ROUNDS} rounds a join came before the ban`);
  assert(joinedFirst > 0 && joinedFirst < ROUNDS, `seed ${seed}: one order never came`);
  await assertSound(server);
});

test("MB6 an accepted invite that meets its revocation ends as a member or not, and never as both", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const [alice, bob] = people as [Person, Person];
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([]);
    assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
    const answers = await atOnce(AT_ONCE, (i) =>
      i % 2 === round % 2
        ? bob.post(`/v1/rooms/${room}/join`)
        : alice.post(`/v1/rooms/${room}/kick`, { participant_id: bob.id }),
    );
    const passages = (await stays(server, room, bob)).map(({ membership }) => membership);
    // Invited, perhaps in, and out again: the kicks outlast the joins, which need a new invite.
    assert(["invite leave", "invite join leave"].includes(passages.join(" ")), passages.join(" "));
    assert(answers.some(({ status }) => status === 200));
    assertRefused(await bob.get(`/v1/rooms/${room}`), 403, "SW_ROOM_FORBIDDEN", "VS3");
  }
  await assertSound(server);
});

test("MB10 MB11 nothing of somebody stands in the log after they were kicked", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const [alice, bob] = people as [Person, Person];
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([bob]);
    const [kicked, answers] = await racing(
      random,
      () => alice.post(`/v1/rooms/${room}/kick`, { participant_id: bob.id }),
      (i) => bob.post(`/v1/rooms/${room}/send`, { content: { body: `${i}` } }),
    );
    assertOk(kicked);
    const log = await logOf(server, room);
    const kick = (await stays(server, room, bob)).at(-1)!;
    assert.equal(kick.membership, "leave");
    const sent = log.filter(({ sender, event_type }) => sender === bob.me.fqid && event_type === "swp.room.message");
    for (const { position } of sent) assert(position < kick.at, `seed ${seed}`);
    assert.equal(sent.length, answers.filter(({ status }) => status === 201).length);
  }
  await assertSound(server);
});

test("MB15 two admins who leave at once leave an admin behind", async (t) => {
  const { server, people } = await openCrowd(t, 6);
  const [alice, bob, carol, dave, ...rest] = people as [Person, Person, Person, Person, ...Person[]];
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([bob, carol, dave, ...rest]);
    assertOk(await alice.put(`/v1/rooms/${room}/members/${bob.id}/power-level`, { power_level: 100 }));
    if (round % 2 === 0)
      assertOk(await alice.put(`/v1/rooms/${room}/members/${dave.id}/power-level`, { power_level: 1 }));
    const leavers = round % 4 < 2 ? [alice, bob] : [bob, alice];
    (await atOnce(AT_ONCE, (i) => leavers[i % 2]!.post(`/v1/rooms/${room}/leave`))).forEach(assertOk);
    const joined = (await membersOf(server, room)).filter(({ membership }) => membership === "join");
    // The highest power inherits, else who joined first.
    const heir = round % 2 === 0 ? dave : carol;
    assert.deepEqual(
      joined.filter(({ power_level }) => power_level === 100).map(({ local_id }) => local_id),
      [heir.name],
    );
    const log = await logOf(server, room);
    assert.equal(
      log.filter(({ event_type, sender }) => event_type === "swp.room.power" && sender.startsWith("@:")).length,
      1,
    );
  }
  await assertSound(server);
});

test("MB15 whoever leaves, is kicked, promoted or lowered at once, a room with people has an admin", async (t) => {
  const { server, people } = await openCrowd(t, 6);
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const [creator, ...others] = random.shuffled(people) as [Person, ...Person[]];
    const room = await creator.roomWith(others, { room_type: "public" });
    const path = `/v1/rooms/${room}`;
    await atOnce(AT_ONCE, (i) => {
      const [who, whom] = [random.pick(people), random.pick(people)];
      switch (i % 4) {
        case 0:
          return who.post(`${path}/leave`);
        case 1:
          return who.post(`${path}/kick`, { participant_id: whom.id });
        case 2:
          return who.post(`${path}/join`);
        default:
          return who.put(`${path}/members/${whom.id}/power-level`, { power_level: random.pick([0, 50, 100, 100]) });
      }
    });
    const joined = (await membersOf(server, room)).filter(({ membership }) => membership === "join");
    const state = await server.db.get<{ state: string }>("SELECT state FROM rooms WHERE room_id = $1", room);
    if (joined.length === 0) assert.equal(state?.state, "archived", `seed ${seed}`);
    else
      assert(
        joined.some(({ power_level }) => power_level === 100),
        `seed ${seed}: nobody has power 100`,
      );
  }
  await assertSound(server);
});

test("MB16 the last two who leave at once archive the room, once", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const [alice, bob] = people as [Person, Person];
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([bob], { room_type: round % 2 === 0 ? "group" : "public" });
    const leavers = round % 4 < 2 ? [alice, bob] : [bob, alice];
    const answers = await atOnce(AT_ONCE, (i) => leavers[i % 2]!.post(`/v1/rooms/${room}/leave`));
    answers.forEach(assertOk);
    const log = await logOf(server, room);
    assert.deepEqual(
      log.filter(({ event_type }) => event_type === "swp.room.state").map(({ content }) => JSON.parse(content).state),
      ["archived"],
    );
    assert.equal(
      log.filter(({ event_type, content }) => event_type === "swp.room.member" && content.includes('"leave"')).length,
      2,
    );
    assert.equal(log.at(-1)!.event_type, "swp.room.state");
    // Both left by their own will; whoever had power then may bring the room back.
    const back = assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
    assert.deepEqual([back.data.state, back.data.members_count, back.data.me.power_level], ["open", 1, 100]);
  }
  await assertSound(server);
});

test("MB16 a join that meets the last leave finds the room archived, or keeps it open as its admin", async (t) => {
  const { server, people } = await openCrowd(t, AT_ONCE);
  const [alice, ...others] = people as [Person, ...Person[]];
  const seed = freshSeed();
  const random = new Random(seed);
  let open = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const room = await alice.roomWith([], { room_type: "public" });
    const [left, joins] = await racing(
      random,
      () => alice.post(`/v1/rooms/${room}/leave`),
      (i) => others[i]!.post(`/v1/rooms/${room}/join`),
    );
    assertOk(left);
    const entered = joins.filter(({ status }) => status === 200).length;
    const joined = (await membersOf(server, room)).filter(({ membership }) => membership === "join");
    assert.equal(joined.length, entered, `seed ${seed}`);
    if (entered === 0) {
      // An archived room is nobody's who was never in it.
      for (const answer of joins) assertRefused(answer, 404, "SW_ROOM_NOT_FOUND");
      continue;
    }
    open++;
    assert.equal(entered, joins.length, `seed ${seed}`);
    assert.equal(joined.filter(({ power_level }) => power_level === 100).length, 1, `seed ${seed}`);
  }
  t.diagnostic(`seed ${seed}: in ${open} of ${ROUNDS} rounds a join came first`);
  assert(open > 0 && open < ROUNDS, `seed ${seed}: one order never came`);
  await assertSound(server);
});
