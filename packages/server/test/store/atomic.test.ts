import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { type Answer, assertOk, type Person, TestServer } from "@stairwell/testing";

type People = [alice: Person, bob: Person, carol: Person, dave: Person];
/** Makes what a command needs, and answers the command; with the room it is about, unless it makes one. */
type Scene = (
  ...people: People
) => Promise<{ room?: string; ask: (headers: Record<string, string>) => Promise<Answer> }>;

/** A room of alice and bob in which there is a message; carol is invited, dave is nobody. */
async function inRoom(
  [alice, bob, carol]: People,
  ask: (path: string, message: { id: string }, headers: Record<string, string>) => Promise<Answer>,
): ReturnType<Scene> {
  const room = await alice.roomWith([bob], { room_type: "public" });
  const message = await bob.say(room, "hello");
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id }));
  return { room, ask: (headers) => ask(`/v1/rooms/${room}`, message, headers) };
}

const SCENES: Record<string, Scene> = {
  create: async (alice, bob, carol) => ({
    ask: (headers) => alice.post("/v1/rooms", { room_type: "group", name: "New", invite: [bob.id, carol.id] }, headers),
  }),
  "open a DM": async (_alice, _bob, carol, dave) => {
    const ask = (headers: Record<string, string> = {}) =>
      carol.post("/v1/rooms/dm", { participant_id: dave.id }, headers);
    // Closed, so that a new one is made.
    assertOk(await carol.post(`/v1/rooms/${assertOk(await ask()).data.id}/close`));
    return { ask };
  },
  send: (...people) =>
    inRoom(people, (path, { id }, headers) => {
      const [alice, bob] = people;
      const content = { body: "well", mentions: [bob.id, "@room"], reply_to_event_id: id };
      return alice.post(`${path}/send`, { content, event_uuid: "once" }, headers);
    }),
  join: (...people) => inRoom(people, (path, _, headers) => people[3].post(`${path}/join`, {}, headers)),
  accept: (...people) => inRoom(people, (path, _, headers) => people[2].post(`${path}/join`, {}, headers)),
  decline: (...people) => inRoom(people, (path, _, headers) => people[2].post(`${path}/leave`, {}, headers)),
  "leave as the last admin": (...people) =>
    inRoom(people, (path, _, headers) => people[0].post(`${path}/leave`, {}, headers)),
  invite: (...people) =>
    inRoom(people, (path, _, headers) => people[0].post(`${path}/invite`, { participant_id: people[3].id }, headers)),
  kick: (...people) =>
    inRoom(people, (path, _, headers) => people[0].post(`${path}/kick`, { participant_id: people[1].id }, headers)),
  ban: (...people) =>
    inRoom(people, (path, _, headers) => people[0].post(`${path}/ban`, { participant_id: people[1].id }, headers)),
  archive: (...people) => inRoom(people, (path, _, headers) => people[0].post(`${path}/archive`, {}, headers)),
  close: (...people) => inRoom(people, (path, _, headers) => people[0].post(`${path}/close`, {}, headers)),
  rename: (...people) => inRoom(people, (path) => people[0].put(`${path}/name`, { name: "Other" })),
  "mark as read": (...people) => inRoom(people, (path, { id }) => people[0].put(`${path}/read`, { event_id: id })),
};

const ROOM_TABLES = ["events", "rooms", "members", "reading", "mentions", "replies", "standings"];
/** Where the store fails: at the nth event, at the nth row of another table, or at the kept answer. */
const FAULTS: { name: string; on: string; when: (head: number) => string }[] = [
  ...[1, 2, 3].map((n) => ({
    name: `event ${n}`,
    on: "INSERT ON events",
    when: (head: number) => `NEW.position = ${head + n}`,
  })),
  ...ROOM_TABLES.slice(1).flatMap((table) => [
    { name: `a new row of ${table}`, on: `INSERT ON ${table}`, when: () => "1" },
    { name: `a changed row of ${table}`, on: `UPDATE ON ${table}`, when: () => "1" },
  ]),
  { name: "the kept answer", on: "INSERT ON receipts", when: () => "1" },
];

/** Every row that a command on a room can touch. */
async function rowsOf(server: TestServer, roomNo: number): Promise<unknown> {
  const rows = await Promise.all(
    ROOM_TABLES.map((table) => server.db.all<object>(`SELECT * FROM ${table} WHERE room_no = $1`, roomNo)),
  );
  return [...rows, await server.db.all("SELECT * FROM receipts")];
}

for (const [name, scene] of Object.entries(SCENES)) {
  test(`${name}: wherever the store fails, nothing of the command is kept, its neighbour is, and it can be repeated`, async (t) => {
    const server = await TestServer.start(t);
    const people = await server.people("alice", "bob", "carol", "dave");
    await server.liftLimits();
    const elsewhere = await people[1].roomWith([]);
    const struck: string[] = [];
    for (const fault of FAULTS) {
      const { room, ask } = await scene(...people);
      const { roomNo, head } = (await server.db.get<{ roomNo: number; head: number }>(
        `SELECT coalesce((SELECT room_no FROM rooms WHERE room_id = $1), max(room_no) + 1) AS "roomNo",
           (SELECT count(*) FROM events e JOIN rooms f ON f.room_no = e.room_no WHERE f.room_id = $1) AS head FROM rooms`,
        room ?? null,
      ))!;
      const ours = fault.on.endsWith("receipts") ? "1" : `NEW.room_no = ${roomNo}`;
      await server.db.write("deployment", (tx) =>
        tx.run(
          `CREATE TRIGGER fault BEFORE ${fault.on} WHEN ${ours} AND ${fault.when(head)} BEGIN SELECT RAISE(ABORT, 'struck'); END`,
        ),
      );
      const before = await rowsOf(server, roomNo);
      const headers = { "idempotency-key": `${name.length}-${fault.name.replaceAll(" ", "-")}` };
      const [answer, neighbour] = await Promise.all([ask(headers), people[1].say(elsewhere, fault.name)]);
      assert.equal(neighbour.content.body, fault.name);
      await server.db.write("deployment", (tx) => tx.run("DROP TRIGGER fault"));
      if (answer.status !== 500) {
        assertOk(answer);
        continue;
      }
      struck.push(fault.name);
      assert.deepEqual(
        { code: answer.error.code, details: answer.error.details },
        { code: "SW_INTERNAL", details: undefined },
      );
      assert.deepEqual(await rowsOf(server, roomNo), before, fault.name);
      const again = assertOk(await ask(headers));
      assert.equal(again.headers.get("idempotency-replayed"), null);
    }
    t.diagnostic(`failed at ${struck.join(", ")}`);
    assert(struck.length > 0);
    assert.deepEqual((await verify(server.db)).findings, []);
  });
}
