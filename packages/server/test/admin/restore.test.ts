import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { foreigner, openStage, unchanged } from "../support/stage.ts";
import { deactivate } from "./managed.ts";

const restore = (admin: Person, room: string, who: Pick<Person, "id">, headers = {}) =>
  admin.post(`/v1/admin/rooms/${room}/restore`, { participant_id: who.id }, headers);

/** The end of a room's history, as one who reads it sees it. */
async function last(reader: Person, room: string, count: number) {
  const events = (await reader.history(room)).slice(-count);
  return events.map(({ event_type, sender_id, content: { cause_event_id, ...content } }) => ({
    type: event_type,
    sender: sender_id,
    content,
    isCaused: cause_event_id !== undefined,
  }));
}

test("LC5 an admin restores a room that everybody has left, for a former member, who is joined with power 100", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const room = await bob.roomWith([carol]);
  assertOk(await carol.post(`/v1/rooms/${room}/leave`));
  await deactivate(server, admin, bob);
  // Carol left without power, and bob is no more: nobody can.
  assertRefused(await carol.post(`/v1/rooms/${room}/rejoin`), 403, "SW_ROOM_FORBIDDEN");
  const key = { "idempotency-key": "once" };
  for (let i = 0; i < 2; i++) {
    const { data } = assertOk(await restore(admin, room, carol, key));
    assert.deepEqual([data.state, data.members_count], ["open", 1]);
  }
  assert.deepEqual(await last(carol, room, 3), [
    { type: "swp.room.state", sender: null, content: { state: "open" }, isCaused: false },
    {
      type: "swp.room.member",
      sender: null,
      content: { participant: carol.id, membership: "join" },
      isCaused: true,
    },
    { type: "swp.room.power", sender: null, content: { participant: carol.id, power_level: 100 }, isCaused: true },
  ]);
  const [record] = assertOk(await admin.get("/v1/admin/audit?action=room.restore")).data;
  assert.deepEqual([record.actor_id, record.target_id, record.room_id], [admin.id, carol.id, room]);
});

test("LC5 for a joined member it restores and nothing more; on an open room it changes nothing", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const room = await bob.roomWith([carol]);
  assertOk(await bob.post(`/v1/rooms/${room}/archive`));
  assertOk(await restore(admin, room, carol));
  assert.deepEqual((await last(carol, room, 1))[0], {
    type: "swp.room.state",
    sender: null,
    content: { state: "open" },
    isCaused: false,
  });
  assert.equal(assertOk(await carol.get(`/v1/rooms/${room}`)).data.me.power_level, 0);
  await unchanged(server, async () => {
    assertOk(await restore(admin, room, carol));
    assertOk(await restore(admin, room, { id: "prt-nobody" }));
  });
});

test("LC5 AP1 it is refused for closed rooms, DMs, strangers, the banned and the deactivated, and beyond limits", async (t) => {
  const { server, admin, bob, carol, dave, erin } = await openStage(t, ["admin", "bob", "carol", "dave", "erin"]);
  const eve = await foreigner(server, "eve");
  const room = await bob.roomWith([carol, erin]);
  assertOk(await bob.post(`/v1/rooms/${room}/ban`, { participant_id: carol.id }));
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertOk(await erin.post(`/v1/rooms/${room}/leave`));
  const closed = await bob.roomWith([]);
  assertOk(await bob.post(`/v1/rooms/${closed}/close`));
  const dm = assertOk(await bob.post("/v1/rooms/dm", { participant_id: carol.id })).data.id;
  assertOk(await bob.post(`/v1/rooms/${dm}/archive`));
  const foreign = await eve.roomWith([]);
  await deactivate(server, admin, erin);
  await unchanged(server, async () => {
    assertRefused(await restore(bob, room, bob), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
    assertRefused(await restore(admin, foreign, bob), 404, "SW_ROOM_NOT_FOUND");
    assertRefused(await restore(admin, "room-none", bob), 404, "SW_ROOM_NOT_FOUND");
    assertRefused(await restore(admin, dm, bob), 400, "SW_ROOM_TYPE_INVARIANT", "DM3");
    assertRefused(await restore(admin, closed, bob), 409, "SW_ROOM_FROZEN", "LC1");
    assertRefused(await restore(admin, room, eve), 404, "SW_PARTICIPANT_NOT_FOUND");
    assertRefused(await restore(admin, room, erin), 404, "SW_PARTICIPANT_NOT_FOUND");
    assertRefused(await restore(admin, room, carol), 403, "SW_ROOM_FORBIDDEN", "MB2");
    assertRefused(await restore(admin, room, dave), 409, "SW_MEMBER_STATE", "LC5");
  });
  await server.setLimits({ max_rooms: 0 });
  assertRefused(await restore(admin, room, bob), 409, "SW_TENANT_CAPACITY", "LC5");
  await server.setLimits({ max_rooms: null, max_participants: 0 });
  assertRefused(await restore(admin, room, bob), 409, "SW_ROOM_CAPACITY", "MB18");
});
