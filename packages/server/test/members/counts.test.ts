import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, type Person, rounds } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB17 members_count is the number of joined rows after every step, for everybody who sees it", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const eager = await makeBot(server, "eager", { autoJoin: true });
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  const to = (by: Person, verb: string, who?: Person) =>
    by.post(room.path(`/${verb}`), who === undefined ? undefined : { participant_id: who.id });
  const steps: [() => ReturnType<Person["post"]>, number, number][] = [
    [() => to(alice, "invite", bob), 1, 1],
    [() => to(alice, "invite", bob), 1, 1],
    [() => to(bob, "join"), 2, 0],
    [() => to(bob, "join"), 2, 0],
    [() => to(carol, "join"), 3, 0],
    [() => to(bob, "invite", eager), 4, 0],
    [() => to(alice, "kick", eager), 3, 0],
    [() => to(bob, "invite", dave), 3, 1],
    [() => to(dave, "leave"), 3, 0],
    [() => to(bob, "invite", dave), 3, 1],
    [() => to(bob, "kick", dave), 3, 0],
    [() => to(bob, "invite", dave), 3, 1],
    [() => to(alice, "ban", dave), 3, 0],
    [() => to(alice, "ban", carol), 2, 0],
    [() => to(alice, "unban", carol), 2, 0],
    [() => to(carol, "join"), 3, 0],
    [() => to(carol, "leave"), 2, 0],
    [() => to(carol, "leave"), 2, 0],
    [() => to(alice, "archive"), 2, 0],
    [() => to(bob, "leave"), 1, 0],
    [() => to(alice, "rejoin"), 1, 0],
    [() => to(alice, "close"), 1, 0],
  ];
  for (const [i, [step, joined, invited]] of steps.entries()) {
    assertOk(await step());
    const { row, counted } = await room.counts();
    assert.deepEqual(
      [row, counted],
      [
        { joined, invited },
        { joined, invited },
      ],
      `step ${i}`,
    );
    const { data } = assertOk(await alice.get(room.path()));
    const members = assertOk(await alice.get(room.path("/members")));
    assert.deepEqual(
      [data.members_count, members.data.length, members.meta.total],
      [joined, joined, joined],
      `step ${i}`,
    );
    const outside = await erin.get(room.path());
    if (data.state === "open") assert.equal(assertOk(outside).data.members_count, joined, `step ${i}`);
  }
});

test("MB17 counts and head hold when many come and go at once", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  await server.liftLimits();
  const crowd = await server.people(...Array.from({ length: 12 }, (_, i) => `p${i}`));
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  for (let round = 0; round < rounds(40); round++) {
    const head = await room.head();
    const answers = await atOnce(crowd.length * 3, async (i) => {
      const who = crowd[i % crowd.length]!;
      const turn = (Math.floor(i / crowd.length) + i + round) % 3;
      if (turn === 0) return who.post(room.path("/join"));
      if (turn === 1) return who.post(room.path("/leave"));
      return alice.post(room.path("/kick"), { participant_id: who.id });
    });
    for (const { status, error } of answers)
      assert(status === 200 || status === 403 || status === 409, JSON.stringify(error));
    const { row, counted } = await room.counts();
    assert.deepEqual(row, counted);
    const history = await alice.history(room.id);
    assert.deepEqual(
      history.map(({ stream_position }) => stream_position),
      history.map((_, i) => i + 1),
    );
    assert.equal(history.length, await room.head());
    const { data } = assertOk(await alice.get(room.path()));
    assert.deepEqual([data.members_count, data.head], [counted.joined, history.length]);
    assert(history.length > head, "nothing happened");
  }
});
