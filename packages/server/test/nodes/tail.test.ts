import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type JsonObject, parseJson } from "@stairwell/protocol";
import { decide } from "@stairwell/protocol/room";
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
import { actorFor, makePerson, makeTenant } from "../support/people.ts";

/** Long enough for a tail to look by itself. */
const A_LOOK_MS = 1000;

/** A tail of a tenant with two rooms, of which one is listened to, whose looks come when the test says so; what it hands on and reads is on record. */
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
  const makeRoom = async (): Promise<RoomRef> => {
    const { ref } = await createRoom({ db, log }, alice, undefined, { room_type: "public", name: "Hall" });
    const roomId = ref.room_id as RoomRef["roomId"];
    return { tenantNo, roomId, roomNo: (await findFacts(db, alice, 0, roomId)).stored!.roomNo };
  };
  const at = await makeRoom();
  const other = await makeRoom();
  /** What the hub says it is there for. */
  const hears = { roomNos: [at.roomNo], growth: 0 };

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
  let onHeard: (event: StoredEvent) => void = () => {};
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
        for (const event of events) onHeard(event);
        look();
      },
      delivered: async () => {},
      withdraw: () => {},
      hasListeners: () => true,
      heardRooms: () => ({ ...hears }),
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
    other,
    hears,
    tail,
    heard,
    read,
    faults,
    ids: () => heard.map(({ eventId }) => eventId),
    setOnHeard: (hear: (event: StoredEvent) => void) => void (onHeard = hear),
    setGate: (wait: () => Promise<void>) => void (gate = wait),
    lookNow: () => t.mock.timers.tick(A_LOOK_MS),
    when: (holds: () => boolean) =>
      new Promise<void>((resolve) => (holds() ? resolve() : waiting.push({ holds, resolve }))),
    /** Commits events of which the tail is told nothing, as another node would. */
    commit: (count: number, type = "acme.note", content: JsonObject = {}, { roomId } = at) =>
      db.write({ tenantNo }, async (tx) => {
        const events: StoredEvent[] = [];
        for (let i = 0; i < count; i++) {
          const found = await findFacts(tx, alice, tx.now, roomId);
          const command = { kind: "send", eventType: "acme.note", content, text: JSON.stringify(content) } as const;
          const { events: appended } = await carryOut(tx, log, found, decide(found.facts, command));
          for (const event of appended) {
            await tx.run(
              "UPDATE events SET event_type = $1 WHERE tenant_no = $2 AND seq = $3",
              type,
              tenantNo,
              event.seq,
            );
            events.push({ ...event, eventType: type });
          }
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

test("ST3 of rooms that nobody listens to here nothing is read, and from the moment somebody does, all is", async (t) => {
  const { at, other, hears, tail, heard, read, ids, when, setGate, lookNow, commit } = await tailOf(t);
  const idsOf = (events: readonly StoredEvent[]) => events.map(({ eventId }) => eventId);
  await commit(3, "acme.note", {}, other);
  const first = await commit(2);
  await commit(3, "acme.note", {}, other);
  lookNow();
  await when(() => heard.length === 2);
  assert.deepEqual([ids(), read], [idsOf(first), idsOf(first)]);
  // Own commits of a room without listeners are no reason to read either.
  const [own] = await commit(1, "acme.note", {}, other);
  tail.own(other, [own!]);
  await when(() => heard.length === 3);
  assert.equal(read.length, 2);

  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  setGate(() => (isAsked(), promise));
  const late = await commit(2, "acme.note", {}, other);
  const last = await commit(1);
  lookNow();
  await asked;
  hears.roomNos = [at.roomNo, other.roomNo];
  hears.growth++;
  resolve();
  await when(() => heard.length === 6);
  assert.deepEqual(ids().slice(3), idsOf([...late, ...last]));
});

test("ST3 an event about a member comes of any room, and what follows it there is not passed over", async (t) => {
  const { at, other, hears, heard, ids, when, lookNow, commit, setOnHeard } = await tailOf(t);
  const before = await commit(1);
  const passed = await commit(1, "acme.note", {}, other);
  const named = await commit(1, "swp.room.member", {}, other);
  const after = await commit(2, "acme.note", {}, other);
  setOnHeard((event) => {
    if (event.eventType !== "swp.room.member") return;
    hears.roomNos = [at.roomNo, other.roomNo];
    hears.growth++;
  });
  lookNow();
  await when(() => heard.length === 4);
  assert.deepEqual(
    ids(),
    [...before, ...named, ...after].map(({ eventId }) => eventId),
  );
  assert(!ids().includes(passed[0]!.eventId));
});
