import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds, type TestServer } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { assertOnceEach, walk } from "./walk.ts";

const peopleOf = (server: TestServer, count: number, prefix: string): Promise<Person[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => server.person(`${prefix}-${i}`).signIn()));

test("AP7 a walk of members gives everybody who stays exactly once, in the order of their join", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`STAIRWELL_SEED=${seed}`);
  const random = new Random(seed);
  const { server, alice } = await openStage(t, ["alice"]);
  await server.liftLimits();
  const room = await alice.roomWith([], { room_type: "public" });
  const people = await peopleOf(server, 40, "member");
  for (const person of random.shuffled(people).slice(0, 30)) assertOk(await person.post(`/v1/rooms/${room}/join`));
  const ids = async () =>
    (await walk(alice, `/v1/rooms/${room}/members`, 500)).map((row) => row.participant_id as string);
  for (let round = 0; round < rounds(30); round++) {
    const before = await ids();
    const moved = new Set<string>();
    const act = async (): Promise<void> => {
      const person = random.pick(people);
      const what = random.pick(["join", "leave", "again", "power", "rename"]);
      if (what === "power")
        await alice.put(`/v1/rooms/${room}/members/${person.id}/power-level`, { power_level: random.int(1, 99) });
      if (what === "rename") assertOk(await person.put("/v1/me", { display_name: `Somebody ${random.int(0, 99)}` }));
      if (what !== "power" && what !== "rename") moved.add(person.id);
      if (what === "leave" || what === "again") await person.post(`/v1/rooms/${room}/leave`);
      if (what === "join" || what === "again") assertOk(await person.post(`/v1/rooms/${room}/join`));
    };
    const listed = await walk(alice, `/v1/rooms/${room}/members`, random.int(2, 9), () => Promise.all([act(), act()]));
    const stayed = before.filter((id) => !moved.has(id));
    assertOnceEach(listed, "participant_id", stayed);
    const order = listed.map((row) => row.participant_id as string).filter((id) => stayed.includes(id));
    assert.deepEqual(order, stayed);
  }
});

test("AP7 lists of the invited, gone and banned are walked page by page, each person once", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  await server.liftLimits();
  const room = await alice.roomWith([], { room_type: "public" });
  const people = await peopleOf(server, 11, "somebody");
  const act = async (by: Person, verb: string, body: object = {}) =>
    assertOk(await by.post(`/v1/rooms/${room}/${verb}`, body));
  for (const { id } of people) await act(alice, "invite", { participant_id: id });
  const all = async (membership: string, limit: number) =>
    (await walk(alice, `/v1/rooms/${room}/members?membership=${membership}`, limit)).map((row) => row.participant_id);
  const wanted = people.map(({ id }) => id);
  for (const limit of [1, 4, 11, 500]) assert.deepEqual(await all("invite", limit), wanted);
  for (const person of people.toReversed()) await act(person, "leave");
  for (const limit of [1, 4, 11, 500]) assert.deepEqual(await all("leave", limit), wanted.toReversed());
  for (const { id } of people) await act(alice, "ban", { participant_id: id });
  for (const limit of [1, 4, 11, 500]) assert.deepEqual(await all("ban", limit), wanted);
  assert.deepEqual([await all("invite", 4), await all("leave", 4), await all("join", 4)], [[], [], [alice.id]]);
});

test("AP7 a walk of the people of a tenant gives everybody who keeps their name exactly once", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`STAIRWELL_SEED=${seed}`);
  const random = new Random(seed);
  const { server, alice } = await openStage(t, ["alice"]);
  const people = await peopleOf(server, 40, "person");
  // Many share a name: ties must be walked as well.
  for (const person of people) assertOk(await person.put("/v1/me", { display_name: `Name ${random.int(0, 9)}` }));
  for (let round = 0; round < rounds(30); round++) {
    const moved = new Set<string>();
    const act = async (page: number): Promise<void> => {
      const person = random.pick(people);
      moved.add(person.id);
      assertOk(await person.put("/v1/me", { display_name: `Name ${random.int(0, 9)}` }));
      await server.person(`newcomer-${round}-${page}`).signIn();
    };
    const listed = await walk(alice, "/v1/directory/participants", random.int(3, 9), (page) =>
      page < 8 ? act(page) : Promise.resolve(),
    );
    assertOnceEach(
      listed,
      "id",
      people.map(({ id }) => id).filter((id) => !moved.has(id)),
    );
  }
});
