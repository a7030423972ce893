import assert from "node:assert/strict";
import { test } from "node:test";
import { sweepClosedRooms } from "../../src/events/index.ts";
import { verify } from "@stairwell/server/testing";
import { assertOk, assertRefused, type Person, StreamClient, TestServer } from "@stairwell/testing";
import { distinct, sayEverything } from "./said.ts";

interface Way {
  readonly how: string;
  readonly close: (alice: Person, room: string) => Promise<unknown>;
}

const WAYS: readonly Way[] = [
  { how: "is closed", close: (alice, room) => alice.post(`/v1/rooms/${room}/close`, { reason: "last words" }) },
  { how: "loses its creator", close: (alice, room) => alice.post(`/v1/rooms/${room}/leave`, { reason: "last words" }) },
];

for (const { how, close } of WAYS) {
  for (const [kind, room_type] of [
    ["room", "incognito"],
    ["group", "group"],
  ] as const) {
    test(`DEL1 when an incognito ${kind} ${how}, nothing it said reaches anybody`, async (t) => {
      const server = await TestServer.start(t);
      const people = await server.people("alice", "bob", "carol");
      const [alice, bob, carol] = people;
      const { room, message, words } = await sayEverything(people, { room_type, scope_kind: "incognito" });
      const path = `/v1/rooms/${room}`;
      const key = { "idempotency-key": "k-1" };
      const said = { content: { body: distinct() }, event_uuid: "u-1" };
      const sent = assertOk(await bob.post(`${path}/send`, said, key));
      const stream = await StreamClient.open(t, bob);
      const { cursor } = stream;

      assertOk((await close(alice, room)) as Awaited<ReturnType<Person["post"]>>);

      const closed = await stream.find("swp.room.state");
      assert.equal(closed.content.state, "closed");
      const answers = [
        await bob.history(room),
        assertOk(await bob.get(`${path}/events/${message}`)),
        assertOk(await bob.get(path)),
        assertOk(await bob.get(`${path}/state`)),
        assertOk(await bob.get("/v1/directory/rooms?state=closed")),
        // A repeat answers what is on record by now; one by event_uuid is refused as all that changes a closed room.
        await bob.post(`${path}/send`, said, key),
        await bob.post(`${path}/send`, said),
        await carol.history(room),
        await alice.get("/v1/admin/rooms"),
      ];
      const text = JSON.stringify(answers);
      for (const word of [...Object.values(words), said.content.body, "last words"]) {
        assert(!text.includes(word), `${word} in ${text}`);
      }
      const history = await bob.history(room);
      const last = history.at(-1);
      assert.deepEqual([last.event_type, last.content.state], ["swp.room.state", "closed"]);
      const others = history.filter(({ stream_position: at }) => at <= sent.data.stream_position);
      assert.deepEqual(new Set(others.map(({ content }) => content)), new Set([null]));
      assert.equal(new Set(history.map(({ hash }) => hash)).size, history.length, "the chain stays");

      // Whoever was away reads the same from rows.
      const again = await StreamClient.open(t, bob, { since: cursor });
      const resumed = await again.find("swp.room.state");
      assert.deepEqual(resumed.content, closed.content);
      assert(!JSON.stringify(again.frames).includes("last words"));
      assert.deepEqual((await verify(server.db)).findings, []);
    });
  }
}

test("DEL1 a closed incognito room has lost its name, and stays where its members find it", async (t) => {
  const server = await TestServer.start(t);
  const people = await server.people("alice", "bob", "carol");
  const [alice, bob] = people;
  const { room } = await sayEverything(people, { room_type: "incognito" });
  assertOk(await alice.post(`/v1/rooms/${room}/close`));
  const seen = assertOk(await bob.get(`/v1/rooms/${room}`)).data;
  assert.deepEqual([seen.name, seen.topic, seen.state, seen.members_count], [null, null, "closed", 2]);
  const listed = assertOk(await bob.get("/v1/directory/rooms?state=closed")).data;
  assert.deepEqual(
    listed.map(({ id }: { id: string }) => id),
    [room],
  );
  const left = assertOk(await bob.post(`/v1/rooms/${room}/leave`, { reason: "too late" }));
  assert.equal(left.status, 200);
  assert(!JSON.stringify(await bob.history(room)).includes("too late"));
  assert.deepEqual((await verify(server.db)).findings, []);
});

test("DEL1 a room that is not incognito keeps what it said when it is closed", async (t) => {
  const server = await TestServer.start(t);
  const people = await server.people("alice", "bob", "carol");
  const [alice, bob] = people;
  const { room, words } = await sayEverything(people, { room_type: "group" });
  assertOk(await alice.post(`/v1/rooms/${room}/close`, { reason: "last words" }));
  const text = JSON.stringify(await bob.history(room));
  for (const word of [words.edited, words.custom, "last words"]) assert(text.includes(word));
});

test("DEL2 an archived incognito room keeps its key, and what it said", async (t) => {
  const server = await TestServer.start(t);
  const people = await server.people("alice", "bob", "carol");
  const [alice, bob] = people;
  const { room, words } = await sayEverything(people, { room_type: "incognito" });
  assertOk(await alice.post(`/v1/rooms/${room}/archive`, { reason: "a while" }));
  assert(JSON.stringify(await bob.history(room)).includes(words.edited));
  assertOk(await alice.post(`/v1/rooms/${room}/rejoin`));
  await alice.say(room, "back again");
  assert.equal((await bob.history(room)).at(-1).content.body, "back again");
  assertRefused(await server.person("dave").get(`/v1/rooms/${room}`), 404, "SW_ROOM_NOT_FOUND");
});

test("DEL2 the rows of a closed room are swept in slices, and a sweep that is cut off goes on", async (t) => {
  const server = await TestServer.start(t);
  const people = await server.people("alice", "bob", "carol");
  await server.liftLimits();
  const [alice, bob] = people;
  const { room } = await sayEverything(people, { room_type: "incognito" });
  const other = await sayEverything(people, { room_type: "incognito" });
  await Promise.all(Array.from({ length: 300 }, (_, i) => bob.say(room, `number ${i}`)));
  const held = async (id: string) =>
    (await server.db.get<{ n: number }>(
      "SELECT count(*) AS n FROM events e JOIN rooms r USING (tenant_no, room_no) WHERE r.room_id = $1 AND e.content IS NOT NULL",
      id,
    ))!.n;
  const before = await held(other.room);
  assertOk(await alice.post(`/v1/rooms/${room}/close`));
  assert((await held(room)) > 300, "the close itself touched no row of it");
  const cut = new AbortController();
  const first = sweepClosedRooms(server.db, cut.signal);
  cut.abort();
  assert.equal(await first, 100, "one slice was under way");
  assert((await held(room)) > 200);
  assert.deepEqual((await verify(server.db)).findings, [], "half swept is sound, too");
  await sweepClosedRooms(server.db);
  assert.equal(await held(room), 1, "the close alone is left");
  assert.equal(await held(other.room), before);
  assert.equal((await bob.history(room)).at(-1).content.state, "closed");
  assert.equal(await sweepClosedRooms(server.db), 0);
  assert.deepEqual((await verify(server.db)).findings, []);
});

test("DEL2 rows are swept by themselves, after a restart as well", async (t) => {
  const first = await TestServer.start(t);
  const people = await first.people("alice", "bob", "carol");
  const { room } = await sayEverything(people, { room_type: "incognito" });
  assertOk(await people[0].post(`/v1/rooms/${room}/close`));
  await first.stop();
  const second = await TestServer.start(t, { data: first.data });
  const unswept = async () => (await second.db.all("SELECT * FROM unswept_rooms")).length;
  const started = performance.now();
  while ((await unswept()) > 0) {
    assert(performance.now() - started < 60_000, "not swept after a minute");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
