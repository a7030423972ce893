import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { freshSeed, type Person, Random, rounds, TestServer } from "@stairwell/testing";
import type { Reader, ReadStore } from "../../src/db/index.ts";
import { listAfter, type RoomRef, type StoredEvent } from "../../src/events/index.ts";
import { Identities } from "../../src/participants/index.ts";
import { Hub } from "../../src/stream/index.ts";
import type { Receiver, Who } from "../../src/stream/listener.ts";

/** Takes frames and keeps them. */
class Ear implements Receiver {
  readonly frames: { seq: number; frame: Buffer }[] = [];
  failed = 0;

  event(seq: number, frame: Buffer): void {
    this.frames.push({ seq, frame });
  }

  note(): void {}

  fail(): void {
    this.failed++;
  }
}

/** A store that counts its reads, or refuses them. */
class Counted {
  reads = 0;
  isBroken = false;
  readonly #db: ReadStore;

  constructor(db: ReadStore) {
    this.#db = db;
  }

  get store(): ReadStore {
    const read = <T>(work: () => Promise<T>): Promise<T> => {
      this.reads++;
      return this.isBroken ? Promise.reject(new Error("the store is broken")) : work();
    };
    const db = this.#db;
    return {
      get: <Row>(sql: string, ...values: never[]) => read(() => db.get<Row>(sql, ...values)),
      all: <Row>(sql: string, ...values: never[]) => read(() => db.all<Row>(sql, ...values)),
      snapshot: <T>(work: (reader: Reader) => Promise<T>) => read(() => db.snapshot(work)),
      ping: () => db.ping(),
      close: () => db.close(),
    };
  }
}

/** A hub of its own on a server's store: what it is told was committed is read back from there. */
async function hubOn(t: TestContext) {
  const server = await TestServer.start(t);
  const people = await server.people("alice", "bob", "carol");
  const counted = new Counted(server.db);
  const faults: unknown[] = [];
  const hub = new Hub({ db: counted.store, identities: new Identities(), onFault: (error) => faults.push(error) });
  const whoIs = async ({ me }: Person): Promise<Who> => {
    const { tenant_no: tenantNo, participant_no: participantNo } = (await server.db.get<Record<string, number>>(
      "SELECT tenant_no, participant_no FROM participants WHERE participant_id = $1",
      me.participant_id,
    ))!;
    return {
      tenantNo: tenantNo!,
      participantNo: participantNo!,
      tenantId: me.tenant.id,
      participantId: me.participant_id,
    };
  };
  return {
    server,
    people,
    hub,
    counted,
    faults,
    whoIs,
    /** Tells the hub of a room's events above a position, as if they were committed now. */
    async commit(roomId: string, after = 0): Promise<readonly StoredEvent[]> {
      const row = await server.db.get<{ tenant_no: number; room_no: number }>(
        "SELECT tenant_no, room_no FROM rooms WHERE room_id = $1",
        roomId,
      );
      const ref = { tenantNo: row!.tenant_no, roomNo: row!.room_no, roomId } as RoomRef;
      const events = await listAfter(server.db, ref, after, 1000);
      hub.committed(ref, events);
      await turn();
      return events;
    },
  };
}

test("ST1 an event is encoded once, and the same bytes go to all who receive it", async (t) => {
  const { people, hub, whoIs, commit } = await hubOn(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const { stream_position: joined } = (await alice.history(room)).at(-1);
  const ears = [new Ear(), new Ear(), new Ear()];
  await hub.attach(await whoIs(alice), ears[0]!);
  await hub.attach(await whoIs(bob), ears[1]!);
  await hub.attach(await whoIs(bob), ears[2]!);
  for (const body of ["one", "two", "three"]) await alice.say(room, body);
  await commit(room, joined);
  const [first, ...others] = ears.map(({ frames }) => frames.map(({ frame }) => frame));
  assert.equal(first!.length, 3);
  for (const frames of others) first!.forEach((frame, i) => assert.equal(frames[i], frame, "another Buffer"));
});

test("an event that nobody is there for is not read, encoded or looked at", async (t) => {
  const { people, hub, counted, whoIs, commit } = await hubOn(t);
  const [alice, bob, carol] = people;
  const room = await alice.roomWith([bob]);
  const ear = new Ear();
  await hub.attach(await whoIs(carol), ear);
  const { stream_position: joined } = (await alice.history(room)).at(-1);
  for (let i = 0; i < 20; i++) await alice.say(room, `${i}`);
  const before = counted.reads;
  assert.equal((await commit(room, joined)).length, 20);
  assert.deepEqual([counted.reads - before, ear.frames], [0, []]);
});

test("ST3 a fault in delivery ends everybody's stream, who come back whole, and the next event is delivered", async (t) => {
  const { people, hub, counted, faults, whoIs, commit } = await hubOn(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const ear = new Ear();
  const listener = await hub.attach(await whoIs(alice), ear);
  counted.isBroken = true;
  await commit(room);
  counted.isBroken = false;
  assert.deepEqual([ear.failed, faults.length, ear.frames.length], [1, 1, 0]);
  hub.detach(listener, ear);
  const again = new Ear();
  assert.notEqual(await hub.attach(await whoIs(alice), again), listener, "what it knew may be wrong");
  await commit(room);
  assert.equal(again.frames.length, (await alice.history(room)).length);
});

test("ST2 a hub hears of a person's rooms what it is told, in any order of reading and delivery", async (t) => {
  const { server, people, hub, whoIs } = await hubOn(t);
  await server.liftLimits();
  const [alice, bob] = people;
  const who = await whoIs(bob);
  const seed = freshSeed();
  const random = new Random(seed);
  const room = await alice.roomWith([], { room_type: "public" });
  for (let round = 0; round < rounds(100); round++) {
    const isIn = random.chance(0.5);
    const changes = random.int(1, 4);
    for (let i = 0; i < changes; i++) await bob.post(`/v1/rooms/${room}/${(i % 2 === 0) === isIn ? "join" : "leave"}`);
    const row = await server.db.get<{ tenant_no: number; room_no: number }>(
      "SELECT tenant_no, room_no FROM rooms WHERE room_id = $1",
      room,
    );
    const ref = { tenantNo: row!.tenant_no, roomNo: row!.room_no, roomId: room } as RoomRef;
    const events = await listAfter(server.db, ref, 0, 10_000);
    // The hub is told of changes that the rows had already when the listener was read, before, while and after.
    const ear = new Ear();
    const attaching = hub.attach(who, ear);
    const at = random.int(0, events.length);
    hub.committed(ref, events.slice(at));
    const listener = await attaching;
    await turn();
    const isMember = (await bob.get(`/v1/rooms/${room}`)).data.me?.membership === "join";
    assert.equal(listener.rooms.has(ref.roomNo), isMember, `seed ${seed}, round ${round}`);
    assert.equal(hub.inRoom(ref).has(listener), isMember, `seed ${seed}, round ${round}`);
    hub.detach(listener, ear);
  }
});
