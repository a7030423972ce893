import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { setImmediate as turn } from "node:timers/promises";
import type { NotificationSettings } from "@stairwell/protocol/room";
import type { Receiver } from "../../src/stream/listener.ts";
import { Notifications } from "../../src/stream/notifications.ts";
import { hubOn } from "./hub-on.ts";

/** Takes what is told besides events. */
class Ear implements Receiver {
  readonly notes: string[] = [];

  event(): void {}

  note(frame: Buffer): void {
    this.notes.push(frame.subarray(frame.indexOf("{")).toString());
  }

  fail(): void {}
}

/** A hub that notifies, told of commits when the test tells it. */
async function notifyingHub(t: TestContext) {
  const stand = await hubOn(t);
  const { hub, watched, identities } = stand;
  const notifications = new Notifications({ db: watched.store, identities, now: () => Date.now() });
  hub.observe({ delivered: (event) => notifications.delivered(event) });
  const told = ({ notes }: Ear): string[] => notes.map((note) => JSON.parse(note).event_id as string);
  const hears = async (who: Person): Promise<Ear> => {
    const ear = new Ear();
    await hub.attach(await stand.whoIs(who), ear);
    return ear;
  };
  return { ...stand, told, hears };
}

test("ST5 what was said before somebody came to listen is not told to them, however late it is delivered", async (t) => {
  const { people, commit, told, hears } = await notifyingHub(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const { stream_position: joined } = (await alice.history(room)).at(-1);
  await alice.say(room, "before", { mentions: [bob.id] });
  const ear = await hears(bob);
  const late = await alice.say(room, "after", { mentions: [bob.id] });
  await commit(room, joined);
  assert.deepEqual(told(ear), [late.id]);
});

test("RD4 an invite that was accepted or taken back before it is delivered is told to nobody", async (t) => {
  const { people, commit, told, hears } = await notifyingHub(t);
  const [alice, bob, carol] = people;
  const room = await alice.roomWith([]);
  const ears = [await hears(bob), await hears(carol)] as const;
  for (const who of [bob, carol]) assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: who.id }));
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  const invited = (await alice.history(room)).find(({ content }) => content.participant === carol.id);
  await commit(room);
  assert.deepEqual(ears.map(told), [[], [invited.id]]);
  assertOk(await alice.post(`/v1/rooms/${room}/kick`, { participant_id: carol.id }));
  ears[1].notes.length = 0;
  await commit(room);
  assert.deepEqual(told(ears[1]), []);
});

test("RD4 a message that was redacted before it is delivered mentions nobody", async (t) => {
  const { people, commit, told, hears } = await notifyingHub(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const ear = await hears(bob);
  const { stream_position: joined } = (await alice.history(room)).at(-1);
  const said = await alice.say(room, "bob!", { mentions: [bob.id] });
  assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/redact`));
  await commit(room, joined);
  assert.deepEqual(told(ear), []);
});

test("RD5 settings that change while they are read are the newer ones, at the first stream and at a join", async (t) => {
  const { people, server, hub, watched, commit, told, hears, whoIs, refOf } = await notifyingHub(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob], { room_type: "public" });
  const { roomNo } = await refOf(room);
  const who = await whoIs(bob);
  const muted: NotificationSettings = { mode: "all", mutedUntil: Number.MAX_SAFE_INTEGER };
  /** As the route does: the row first, and the live filter after the commit. */
  const change = async ({ mode, mutedUntil }: NotificationSettings): Promise<void> => {
    watched.afterSnapshot = async () => {};
    const sql =
      "UPDATE reading SET notification_mode = $1, muted_until = $2 WHERE participant_no = $3 AND room_no = $4";
    await server.db.write("deployment", (tx) => tx.run(sql, mode, mutedUntil, who.participantNo, roomNo));
    hub.find(who.tenantNo, who.participantNo)?.settingsChanged(roomNo, { mode, mutedUntil });
  };
  await change({ mode: "all", mutedUntil: null });
  watched.afterSnapshot = () => change(muted);
  const ear = await hears(bob);
  const head = async () => (await alice.history(room)).at(-1).stream_position as number;
  let before = await head();
  await alice.say(room, "hush", { mentions: [bob.id] });
  await commit(room, before);
  assert.deepEqual(told(ear), []);

  await change({ mode: "all", mutedUntil: null });
  before = await head();
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  const read = watched.store.get;
  let hasChanged = false;
  watched.store.get = async (...asked) => {
    const found = await read(...(asked as Parameters<typeof read>));
    if (!hasChanged && String(asked[0]).includes("FROM reading")) {
      hasChanged = true;
      await change(muted);
    }
    return found as never;
  };
  await commit(room, before);
  for (let waits = 0; !hasChanged && waits < 1000; waits++) await turn();
  assert(hasChanged);
  before = await head();
  await alice.say(room, "hush again", { mentions: [bob.id] });
  await commit(room, before);
  assert.deepEqual(told(ear), []);
});
