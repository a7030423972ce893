import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, assertOk, atOnce, rounds } from "@stairwell/testing";
import { assertSound, AT_ONCE, logOf, openCrowd, tally } from "./crowd.ts";

const replays = (answers: readonly Answer[]): number =>
  answers.filter(({ headers }) => headers.get("idempotency-replayed") === "true").length;

/** The first answer of a group, after all others were found equal to it. */
function sameAnswer(answers: readonly Answer[], status: number): Answer {
  assert.deepEqual(tally(answers), { [status]: answers.length });
  for (const { data, meta } of answers)
    assert.deepEqual({ data, meta }, { data: answers[0]!.data, meta: answers[0]!.meta });
  return answers[0]!;
}

test("AP6 of equal requests with one key at once one has its effect, and all have its answer", async (t) => {
  const { server, people } = await openCrowd(t, 3);
  const [alice, bob, carol] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
  const room = await alice.roomWith([bob], { room_type: "public" });
  const calls: [path: string, body: unknown, status: number][] = [
    ["/v1/rooms", { room_type: "group", name: "Once", invite: [bob.id] }, 201],
    [`/v1/rooms/${room}/send`, { content: { body: "once" } }, 201],
    [`/v1/rooms/${room}/invite`, { participant_id: carol.id }, 200],
    [`/v1/rooms/${room}/ban`, { participant_id: carol.id, reason: "once" }, 200],
    [`/v1/rooms/${room}/unban`, { participant_id: carol.id }, 200],
    ["/v1/me/tokens", { name: "once" }, 201],
    ["/v1/workspaces", { name: "Once" }, 201],
  ];
  const countAll = async (): Promise<number> =>
    (await server.db.get<{ n: number }>(
      "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM tokens) + (SELECT count(*) FROM workspaces) AS n",
    ))!.n;
  const effects = [4, 1, 1, 1, 1, 1, 1];

  for (let round = 0; round < rounds(200); round++) {
    const at = round % calls.length;
    const [path, body, status] = calls[at]!;
    const before = await countAll();
    const answers = await atOnce(AT_ONCE, () => alice.post(path, body, { "idempotency-key": `key-${round}` }));
    sameAnswer(answers, status);
    assert.equal(replays(answers), AT_ONCE - 1);
    assert.equal((await countAll()) - before, effects[at], path);
  }
  const receipts = await server.db.get<{ n: number }>("SELECT count(*) AS n FROM receipts");
  assert.equal(receipts?.n, rounds(200));
  await assertSound(server);
});

test("AP6 of different requests with one key at once one has its effect, and the others are conflicts", async (t) => {
  const { server, people } = await openCrowd(t, 1);
  const alice = people[0]!;
  const room = await alice.roomWith([]);
  for (let round = 0; round < rounds(200); round++) {
    const answers = await atOnce(AT_ONCE, (i) =>
      alice.post(`/v1/rooms/${room}/send`, { content: { body: `${i}` } }, { "idempotency-key": `key-${round}` }),
    );
    assert.deepEqual(tally(answers), { 201: 1, "409 SW_IDEMPOTENCY_CONFLICT AP6": AT_ONCE - 1 });
  }
  assert.equal(
    (await alice.history(room)).filter(({ event_type }) => event_type === "swp.room.message").length,
    rounds(200),
  );
  await assertSound(server);
});

test("EV1 of equal sends with one event_uuid at once one is appended, and all have its answer", async (t) => {
  const { server, people } = await openCrowd(t, 2);
  const [alice, bob] = people as [(typeof people)[0], (typeof people)[0]];
  const room = await alice.roomWith([bob]);
  for (let round = 0; round < rounds(200); round++) {
    const before = (await logOf(server, room)).length;
    const content = { body: `round ${round}`, mentions: [bob.id] };
    const answers = await atOnce(AT_ONCE, () =>
      alice.post(`/v1/rooms/${room}/send`, { content, event_uuid: `u-${round}` }),
    );
    sameAnswer(answers, 201);
    assert.equal(replays(answers), 0);
    assert.equal((await logOf(server, room)).length, before + 1);
    // The same uuid of somebody else is another message.
    const others = assertOk(await bob.post(`/v1/rooms/${room}/send`, { content, event_uuid: `u-${round}` }));
    assert.notEqual(others.data.id, answers[0]!.data.id);
  }
  await assertSound(server);
});

test("EV1 of different sends with one event_uuid at once one is appended, and the others are conflicts", async (t) => {
  const { server, people } = await openCrowd(t, 1);
  const alice = people[0]!;
  const room = await alice.roomWith([]);
  for (let round = 0; round < rounds(200); round++) {
    const answers = await atOnce(AT_ONCE, (i) =>
      alice.post(`/v1/rooms/${room}/send`, { content: { body: `${i}` }, event_uuid: `u-${round}` }),
    );
    assert.deepEqual(tally(answers), { 201: 1, "409 SW_IDEMPOTENCY_CONFLICT EV1": AT_ONCE - 1 });
    const kept = answers.findIndex(({ status }) => status === 201);
    const log = await logOf(server, room);
    assert.equal(JSON.parse(log.at(-1)!.content).body, `${kept}`);
  }
  await assertSound(server);
});

test("AP6 EV1 a key and an event_uuid together still have one effect", async (t) => {
  const { server, people } = await openCrowd(t, 1);
  const alice = people[0]!;
  const room = await alice.roomWith([]);
  for (let round = 0; round < rounds(200); round++) {
    const before = (await logOf(server, room)).length;
    const body = { content: { body: "once" }, event_uuid: `u-${round}` };
    const answers = await atOnce(AT_ONCE, (i) =>
      alice.post(`/v1/rooms/${room}/send`, body, { "idempotency-key": `${round}/${i % 4}` }),
    );
    sameAnswer(answers, 201);
    assert.equal(replays(answers), AT_ONCE - 4);
    assert.equal((await logOf(server, room)).length, before + 1);
  }
  await assertSound(server);
});

test("first requests of one person at once make one participant, one workspace and one tenant", async (t) => {
  const { server } = await openCrowd(t, 1);
  for (let round = 0; round < rounds(200); round++) {
    const person = server.person("newcomer", `t${round}`);
    const answers = await atOnce(AT_ONCE, (i) =>
      i % 2 === 0 ? person.get("/v1/me") : person.post("/v1/auth/register"),
    );
    const ids = new Set(answers.map((answer) => assertOk(answer).data.participant_id));
    assert.equal(ids.size, 1);
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  }
  const counts = await server.db.get(
    "SELECT (SELECT count(*) FROM tenants) AS tenants, (SELECT count(*) FROM participants) AS people, (SELECT count(*) FROM workspaces) AS workspaces",
  );
  assert.deepEqual(
    { ...(counts as object) },
    { tenants: 1 + rounds(200), people: 1 + rounds(200), workspaces: 1 + rounds(200) },
  );
});
