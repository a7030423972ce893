import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type JsonObject, parseJson } from "@stairwell/protocol";
import { openPostgres } from "@stairwell/server/testing";
import { freshDatabase, freshSeed, Random, rounds } from "@stairwell/testing";
import { NO_BUS } from "../../src/bus/index.ts";
import type { ReadStore } from "../../src/db/index.ts";
import { findEvent, Log, type RoomRef, type StoredEvent, wipe } from "../../src/events/index.ts";
import { Identities } from "../../src/participants/index.ts";
import { projectReading } from "../../src/reading/index.ts";
import { createRoom } from "../../src/rooms/create.ts";
import { carryOut, findFacts, memberOf, projectMember, projectRoom, RecentActivity } from "../../src/state/index.ts";
import { Tail } from "../../src/stream/index.ts";
import { NO_LIMITS } from "../../src/tenants/index.ts";
import { decide } from "@stairwell/protocol/room";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";

/** Long enough for a tail to look by itself. */
const A_LOOK_MS = 1000;

/** A tail of a tenant with one room, whose looks come when the test says so; what it hands on and reads is on record. */
async function tailOf(t: TestContext) {
  const database = await freshDatabase();
  const db = await openPostgres({ url: database.url, now: () => Date.now(), isUnsafe: true });
  t.after(async () => {
    await db.close();
    await database.drop();
  });
  const tenant = await makeTenant(db, "dev", NO_LIMITS);
  const { tenantNo } = tenant;
  const alice = actorFor(tenant, await makePerson(db, tenant, "alice"));
  const identities = new Identities();
  const log = new Log({
    memberOf: memberOf(identities),
    projections: [projectRoom(new RecentActivity()), projectMember(identities), projectReading(identities)],
  });
  const { ref } = await createRoom({ db, log }, alice, undefined, { room_type: "public", name: "Hall" });
  const roomId = ref.room_id as RoomRef["roomId"];
  const at = { tenantNo, roomId, roomNo: (await findFacts(db, alice, 0, roomId)).stored!.roomNo };

  /** Before each reading of events this is waited for. */
  let gate: () => Promise<void> = async () => {};
  const read: string[] = [];
  const store: ReadStore = {
    ...(db as ReadStore),
    get: db.get.bind(db),
    snapshot: db.snapshot.bind(db),
    async all<Row>(sql: string, ...values: never[]) {
      if (sql.includes("event_id")) await gate();
      const rows = await db.all<Row>(sql, ...values);
      for (const row of rows as { event_id?: string }[]) if (row.event_id !== undefined) read.push(row.event_id);
      return rows;
    },
  };
  const heard: StoredEvent[] = [];
  const faults: unknown[] = [];
  const waiting: { holds: () => boolean; resolve: () => void }[] = [];
  const look = () => {
    for (const { holds, resolve } of waiting) if (holds()) resolve();
  };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const tail = new Tail({
    db: store,
    bus: NO_BUS,
    hub: {
      committed: (_at, events) => {
        heard.push(...events);
        look();
      },
      delivered: async () => {},
      withdraw: () => {},
      hasListeners: () => true,
      heardRooms: () => ({ roomNos: [at.roomNo], growth: 0 }),
    },
    onFollow: () => {},
    onChanges: () => {},
    onFault: (error) => {
      faults.push(error);
      look();
    },
  });
  t.after(() => tail.stop());
  await tail.follow(tenantNo);
  return {
    db,
    at,
    tail,
    heard,
    read,
    faults,
    ids: () => heard.map(({ eventId }) => eventId),
    setGate: (wait: () => Promise<void>) => void (gate = wait),
    lookNow: () => t.mock.timers.tick(A_LOOK_MS),
    when: (holds: () => boolean) =>
      new Promise<void>((resolve) => (holds() ? resolve() : waiting.push({ holds, resolve }))),
    /** Commits events of which the tail is told nothing, as another node would. */
    commit: (count: number, type = "acme.note", content: JsonObject = {}) =>
      db.write({ tenantNo }, async (tx) => {
        const events: StoredEvent[] = [];
        for (let i = 0; i < count; i++) {
          const found = await findFacts(tx, alice, tx.now, roomId);
          const command = { kind: "send", eventType: type, content, text: JSON.stringify(content) } as const;
          events.push(...(await carryOut(tx, log, found, decide(found.facts, command))).events);
        }
        return events;
      }),
  };
}

test("ST3 own commits wait for those of others before them, and are not read again", async (t) => {
  const { at, tail, heard, read, ids, when, commit, lookNow } = await tailOf(t);
  const events = await commit(7);
  const [a, b, own1, own2, c, own3, d] = events.map(({ eventId }) => eventId);
  tail.own(at, [events[2]!, events[3]!]);
  tail.own(at, [events[5]!]);
  await when(() => heard.length === 6);
  assert.deepEqual(read, [a, b, c]);
  lookNow();
  await when(() => heard.length === 7);
  assert.deepEqual(ids(), [a, b, own1, own2, c, own3, d]);
  assert.deepEqual(read, [a, b, c, d]);
});

test("ST3 DEL1 what could not be told is read later as it is by then: once, in order, and without what was deleted", async (t) => {
  const { db, at, tail, heard, faults, ids, when, setGate, lookNow, commit } = await tailOf(t);
  const events = await commit(4, "acme.note", { secret: 1 });
  setGate(() => Promise.reject(new Error("the store is away")));
  tail.own(at, [events[1]!, events[3]!]);
  await when(() => faults.length === 1);
  await db.write({ tenantNo: at.tenantNo }, (tx) => wipe(tx, at, [events[1]!.position]));
  setGate(async () => {});
  lookNow();
  await when(() => heard.length === 4);
  assert.deepEqual(
    ids(),
    events.map(({ eventId }) => eventId),
  );
  assert.deepEqual(
    heard.map(({ content }) => content !== null),
    [true, false, true, true],
  );
});

test("DEL1 what is redacted here while it waits for the commits of others goes out without its content", async (t) => {
  const { at, tail, heard, when, setGate, commit } = await tailOf(t);
  const [, message] = await commit(2, "swp.room.message", { body: "secret", msgtype: "swp.text" });
  const [redaction] = await commit(1, "acme.note");
  const { promise, resolve } = Promise.withResolvers<void>();
  setGate(() => promise);
  tail.own(at, [message!]);
  await Promise.resolve();
  const content = JSON.stringify({ event_id: message!.eventId });
  tail.own(at, [{ ...redaction!, eventType: "swp.room.redaction", content }]);
  resolve();
  await when(() => heard.length === 3);
  assert.deepEqual(
    heard.slice(0, 2).map((event) => event.content && (parseJson(event.content) as JsonObject).body),
    ["secret", null],
  );
});

test("ST3 whatever of it is its own and whenever it is told, a tail hands on each event once, in order", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const { db, at, tail, heard, ids, when, setGate, lookNow, commit } = await tailOf(t);
  setGate(async () => {
    for (let turns = random.int(0, 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  });
  const all: string[] = [];
  for (let round = 0; round < rounds(100); round++) {
    const events = await commit(random.int(1, 9));
    all.push(...events.map(({ eventId }) => eventId));
    if (random.int(0, 2) === 0) lookNow();
    for (const event of events) {
      const kind = random.int(0, 3);
      if (kind === 0) continue;
      if (kind === 1) await findEvent(db, at, event.eventId);
      tail.own(at, [event]);
    }
  }
  lookNow();
  await when(() => heard.length >= all.length);
  assert.deepEqual(ids(), all);
});
