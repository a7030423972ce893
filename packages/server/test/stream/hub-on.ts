import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Person, TestServer } from "@stairwell/testing";
import type { Reader, ReadStore } from "../../src/db/index.ts";
import { listAfter, type RoomRef, type StoredEvent } from "../../src/events/index.ts";
import { Identities } from "../../src/participants/index.ts";
import { Hub } from "../../src/stream/index.ts";
import type { Who } from "../../src/stream/listener.ts";

/** A store that counts its reads, refuses them, or has something happen right after a snapshot. */
class Watched {
  reads = 0;
  isBroken = false;
  /** What happens after each snapshot, before its reader goes on. */
  afterSnapshot: () => Promise<void> = async () => {};
  readonly store: ReadStore;

  constructor(db: ReadStore) {
    const read = <T>(work: () => Promise<T>): Promise<T> => {
      this.reads++;
      return this.isBroken ? Promise.reject(new Error("the store is broken")) : work();
    };
    this.store = {
      get: <Row>(sql: string, ...values: never[]) => read(() => db.get<Row>(sql, ...values)),
      all: <Row>(sql: string, ...values: never[]) => read(() => db.all<Row>(sql, ...values)),
      snapshot: <T>(work: (reader: Reader) => Promise<T>) =>
        read(async () => {
          const seen = await db.snapshot(work);
          await this.afterSnapshot();
          return seen;
        }),
      ping: () => db.ping(),
      damage: () => db.damage(),
      close: () => db.close(),
    };
  }
}

/** A hub of its own on a server's store: of what was committed it knows what the test tells it, when the test does. */
export async function hubOn(t: TestContext) {
  const server = await TestServer.start(t);
  const people = await server.people("alice", "bob", "carol");
  await server.liftLimits();
  const watched = new Watched(server.db);
  const faults: unknown[] = [];
  const identities = new Identities();
  const hub = new Hub({ db: watched.store, identities, onFault: (error) => faults.push(error) });
  const refOf = async (roomId: string): Promise<RoomRef> => {
    const row = await server.db.get<{ tenant_no: number; room_no: number }>(
      "SELECT tenant_no, room_no FROM rooms WHERE room_id = $1",
      roomId,
    );
    return { tenantNo: row!.tenant_no, roomNo: row!.room_no, roomId: roomId as RoomRef["roomId"] };
  };
  return {
    server,
    people,
    hub,
    identities,
    watched,
    faults,
    refOf,
    async whoIs({ me }: Person): Promise<Who> {
      const row = await server.db.get<{ tenant_no: number; participant_no: number }>(
        "SELECT tenant_no, participant_no FROM participants WHERE participant_id = $1",
        me.participant_id,
      );
      const { tenant_no: tenantNo, participant_no: participantNo } = row!;
      return { tenantNo, participantNo, tenantId: me.tenant.id, participantId: me.participant_id };
    },
    async eventsOf(roomId: string, after = 0): Promise<StoredEvent[]> {
      return listAfter(server.db, await refOf(roomId), after, 100_000);
    },
    /** Tells the hub of a room's events above a position, as if they were committed now. */
    async commit(roomId: string, after = 0): Promise<readonly StoredEvent[]> {
      const ref = await refOf(roomId);
      const events = await listAfter(server.db, ref, after, 100_000);
      hub.committed(ref, events);
      await hub.delivered();
      // What was delivered is written in the next turn.
      await turn();
      return events;
    },
  };
}
