import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import type { EvilRoom } from "./evil-room.ts";
import { one, type ReplicaStage, replicaStage, serve, trapped } from "./evil-stage.ts";
import { sound } from "./settle.ts";

interface Cut {
  readonly all: ReplicaStage;
  readonly room: EvilRoom;
  /** Has the hub say another thing of all that came after the room was entered, and an administrator choose that. */
  readonly cut: () => Promise<void>;
}

async function entered(t: TestContext): Promise<Cut> {
  const all = await replicaStage(t);
  const room = await trapped(all);
  const parts = room.events.length;
  const admin: Person = all.home.server.person("admin", "home");
  await admin.signIn();
  const cut = async (): Promise<void> => {
    room.events.length = parts;
    const other = room.message("for others");
    const told = await one(all, { type: "event", event: other, head: room.head(other) });
    assert.equal(told.error?.code, "SW_ROOM_FROZEN");
    serve(room);
    assertOk(await admin.post(`/v1/admin/rooms/${room.id}/federation/conflict`, { choose: other.hash }));
  };
  return { all, room, cut };
}

const send = (ann: Person, room: EvilRoom, key: string) =>
  ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "mine" } }, { "idempotency-key": key });

test("AP6 FD13 FD17 what waited, came, and was cut away by the log that was chosen, is said anew by a repeat", async (t) => {
  const { all, room, cut } = await entered(t);
  const { home, ann } = all;
  // It is in the hub's log, and comes as any other event of it.
  let event: object | undefined;
  serve(room, (item) => {
    event ??= room.sequence(item.event);
    return { status: "retry" };
  });
  assert.equal((await send(ann, room, "one")).status, 202);
  assert.equal((await one(all, { type: "event", event, head: room.head() })).status, "confirmed");
  await cut();
  const again = assertOk(await send(ann, room, "one")).data as { id: string };
  assert.ok(room.events.some(({ envelope }) => envelope.id === again.id));
  const bodies = (await ann.history(room.id)).map(({ content }) => content?.body);
  assert.deepEqual(
    bodies.filter((body) => body === "mine"),
    ["mine"],
  );
  // From here on it is one again.
  assert.deepEqual(assertOk(await send(ann, room, "one")).data, again);
  await sound(home);
});

test("AP6 FD17 an answer that was given stays what a repeat is given: of what was cut away, that it is not there", async (t) => {
  const { all, room, cut } = await entered(t);
  assertOk(await send(all.ann, room, "one"));
  await cut();
  assertRefused(await send(all.ann, room, "one"), 404, "SW_EVENT_NOT_FOUND");
  assertOk(await send(all.ann, room, "two"));
  await sound(all.home);
});
