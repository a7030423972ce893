import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { decide } from "@stairwell/protocol/room";
import type { Actor } from "../../src/auth/index.ts";
import type { Tx, WriteScope } from "../../src/db/index.ts";
import { Log } from "../../src/events/index.ts";
import { changeMember } from "../../src/members/change-member.ts";
import { Identities } from "../../src/participants/index.ts";
import { projectReading } from "../../src/reading/index.ts";
import { createRoom } from "../../src/rooms/create.ts";
import {
  carryOut,
  findFacts,
  memberOf,
  projectMember,
  projectRoom,
  RecentActivity,
  RecentRooms,
} from "../../src/state/index.ts";
import { NO_LIMITS } from "../../src/tenants/index.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

/** A room of alice and bob; `recent` is told of what the log appends, `elsewhere` is not, as in another process. */
async function openRoom(t: TestContext) {
  const { db, clock } = await openStore(t);
  const tenant = await makeTenant(db, "dev", NO_LIMITS);
  const alice = actorFor(tenant, await makePerson(db, tenant, "alice"));
  const bob = actorFor(tenant, await makePerson(db, tenant, "bob"));
  const identities = new Identities();
  const [recent, elsewhere] = [new RecentRooms(), new RecentRooms()];
  const log = new Log({
    memberOf: memberOf(identities),
    projections: [
      projectRoom(new RecentActivity()),
      projectMember(identities),
      projectReading(identities),
      recent.project,
    ],
  });
  const parts = { db, log };
  const { ref } = await createRoom(parts, alice, undefined, { room_type: "public", name: "Hall" });
  const roomId = ref.room_id;
  await changeMember(parts, bob, undefined, roomId, { kind: "join" });
  /** Facts as a command with nothing remembered reads them. */
  const read = async (tx: Tx, actor: Actor) => {
    const { facts, stored } = await findFacts(tx, actor, tx.now, roomId);
    return { facts, stored };
  };
  /** What is remembered must be what is read, each time; answers how the caller stands. */
  const assertRight = (actor: Actor, memories = [recent, elsewhere]) =>
    db.write("deployment", async (tx) => {
      for (const memory of memories) {
        const { facts, stored } = await memory.findFacts(tx, actor, roomId);
        assert.deepEqual({ facts, stored }, await read(tx, actor));
      }
      return (await read(tx, actor)).facts.actor.member?.membership;
    });
  const sendBy = async (tx: Tx, actor: Actor, memory: RecentRooms) => {
    const found = await memory.findFacts(tx, actor, roomId);
    const command = { kind: "send", eventType: "acme.note", content: {}, text: "{}" } as const;
    return carryOut(tx, log, found, decide(found.facts, command));
  };
  return { ...parts, clock, alice, bob, recent, elsewhere, roomId, assertRight, sendBy };
}

test("a remembered room is what its rows say after each event, also one that another process wrote", async (t) => {
  const { db, log, clock, alice, bob, recent, elsewhere, roomId, assertRight, sendBy } = await openRoom(t);
  const parts = { db, log };
  assert.equal(await assertRight(bob), "join");
  await db.write("deployment", (tx) => sendBy(tx, bob, recent));
  await assertRight(bob);
  clock.advance(120_000);
  await db.write("deployment", (tx) => sendBy(tx, alice, elsewhere));
  await assertRight(alice);
  const target = { target: { fqid: bob.fqid } };
  await changeMember(parts, alice, undefined, roomId, { kind: "kick" }, target);
  assert.equal(await assertRight(bob), "leave");
  await changeMember(parts, bob, undefined, roomId, { kind: "join" });
  assert.equal(await assertRight(bob), "join");
  await changeMember(parts, alice, undefined, roomId, { kind: "power", level: 50 }, target);
  await assertRight(bob);
});

test("a remembered room is what its rows say after an event was undone", async (t) => {
  const { db, log, alice, bob, recent, roomId, assertRight, sendBy } = await openRoom(t);
  assert.equal(await assertRight(bob), "join");
  const undone = db.write("deployment", async (tx) => {
    const found = await findFacts(tx, alice, tx.now, roomId, { target: { fqid: bob.fqid } });
    await carryOut(tx, log, found, decide(found.facts, { kind: "kick" }));
    const seen = await recent.findFacts(tx, bob, roomId);
    assert.equal(seen.facts.actor.member?.membership, "leave");
    throw new Error("undone");
  });
  await assert.rejects(undone, /undone/);
  assert.equal(await assertRight(bob), "join");
  const { events } = await db.write("deployment", (tx) => sendBy(tx, bob, recent));
  assert.equal(events.length, 1);
});

test("a remembered room is what its rows say after an event was undone and others stand at its place and beyond", async (t) => {
  const { db, log, alice, bob, recent, roomId, assertRight } = await openRoom(t);
  const { ref } = await createRoom({ db, log }, alice, undefined, { room_type: "public", name: "Other" });
  assert.equal(await assertRight(bob, [recent]), "join");
  const undone = db.write("deployment", async (tx) => {
    const found = await findFacts(tx, alice, tx.now, roomId, { target: { fqid: bob.fqid } });
    await carryOut(tx, log, found, decide(found.facts, { kind: "kick" }));
    await recent.findFacts(tx, bob, roomId);
    throw new Error("undone");
  });
  await assert.rejects(undone, /undone/);
  const elsewhere = new Log({
    memberOf: memberOf(new Identities()),
    projections: [projectRoom(new RecentActivity()), projectMember(new Identities())],
  });
  await db.write("deployment", async (tx) => {
    for (let i = 0; i < 2; i++) {
      const found = await findFacts(tx, alice, tx.now, ref.room_id);
      const command = { kind: "send", eventType: "acme.note", content: {}, text: "{}" } as const;
      await carryOut(tx, elsewhere, found, decide(found.facts, command));
    }
  });
  assert.equal(await assertRight(bob, [recent]), "join");
});

test("a room that was never committed is not remembered, whatever takes its number", async (t) => {
  const { db, log, alice, bob, recent } = await openRoom(t);
  let lost = "";
  const undone = db.write("deployment", async (tx) => {
    const inTx = { db: { ...db, write: <T>(_: WriteScope, work: (tx: Tx) => Promise<T>) => work(tx) }, log };
    const { ref } = await createRoom(inTx, alice, undefined, { room_type: "public", name: "Lost" });
    lost = ref.room_id;
    assert.notEqual((await recent.findFacts(tx, alice, lost)).stored, undefined);
    throw new Error("undone");
  });
  await assert.rejects(undone, /undone/);
  await createRoom({ db, log }, bob, undefined, { room_type: "public", name: "Kept" });
  const { facts, stored } = await db.write("deployment", (tx) => recent.findFacts(tx, alice, lost));
  assert.deepEqual([facts.room, facts.actor.member, stored], [undefined, undefined, undefined]);
});

test("one look at where a tenant's log ends tells of all its remembered rooms, but those that another process wrote to", async (t) => {
  const { db, log, alice, bob, recent, roomId, sendBy } = await openRoom(t);
  const { ref } = await createRoom({ db, log }, alice, undefined, { room_type: "public", name: "Other" });
  const rooms = [roomId, ref.room_id];
  /** Which statements it takes to find the facts of both rooms in one write. */
  const asked = () =>
    db.write("deployment", async (tx) => {
      const statements: string[] = [];
      const counting: Tx = Object.create(tx, {
        hold: { get: () => tx.hold },
        now: { get: () => tx.now },
        get: { value: (sql: string, ...values: never[]) => (statements.push(sql), tx.get(sql, ...values)) },
        all: { value: (sql: string, ...values: never[]) => (statements.push(sql), tx.all(sql, ...values)) },
      }) as Tx;
      for (const room of rooms) {
        const { facts, stored } = await recent.findFacts(counting, alice, room);
        const read = await findFacts(tx, alice, tx.now, room);
        assert.deepEqual({ facts, stored }, { facts: read.facts, stored: read.stored });
      }
      return statements;
    });
  await asked();
  assert.equal((await asked()).length, 1);
  await db.write("deployment", (tx) => sendBy(tx, alice, recent));
  assert.equal((await asked()).length, 1, "what this process appended is known");
  const others = new RecentRooms();
  const otherLog = new Log({
    memberOf: memberOf(new Identities()),
    projections: [projectRoom(new RecentActivity()), projectMember(new Identities()), others.project],
  });
  await db.write("deployment", async (tx) => {
    const found = await others.findFacts(tx, bob, roomId);
    const command = { kind: "send", eventType: "acme.note", content: {}, text: "{}" } as const;
    await carryOut(tx, otherLog, found, decide(found.facts, command));
  });
  const after = await asked();
  assert.equal(after.filter((sql) => /FROM rooms r/.test(sql)).length, 1, "one room is read again");
  assert.equal((await asked()).length, 1);
});
