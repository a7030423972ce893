import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { walk } from "../directory/walk.ts";
import { uploaded } from "../media/kit.ts";
import { foreigner, openStage, unchanged } from "../support/stage.ts";

const ROOMS = "/v1/admin/rooms";
/** What is shown of every room. */
const COUNTS = [
  "active_at",
  "archived_at",
  "closed_at",
  "created_at",
  "head",
  "id",
  "invites_count",
  "members_count",
  "room_type",
  "scope_kind",
  "state",
];

test("AD2 AP3 an admin sees all rooms of the tenant, in any state, without being in them, and no content", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const eve = await foreigner(server, "eve");
  const foreign = await eve.roomWith([], { room_type: "public" });
  const group = await bob.roomWith([carol], { name: "Budget", topic: "Secret plans" });
  await bob.say(group, "unspeakable");
  const archived = await bob.roomWith([], { room_type: "public", name: "Old" });
  assertOk(await bob.post(`/v1/rooms/${archived}/archive`));
  const closed = await bob.roomWith([], { name: "Done" });
  assertOk(await bob.post(`/v1/rooms/${closed}/close`));
  const { data, meta } = assertOk(await admin.get(ROOMS));
  assert.deepEqual(
    data.map(({ id, state }: { id: string; state: string }) => [id, state]),
    [
      [closed, "closed"],
      [archived, "archived"],
      [group, "open"],
    ],
  );
  assert.equal(meta.total, 3);
  const shown = assertOk(await admin.get(`${ROOMS}/${group}`)).data;
  assert.deepEqual(shown, data[2]);
  assert.partialDeepStrictEqual(shown, { name: "Budget", creator_id: bob.id, members_count: 2, head: 6 });
  assert.doesNotMatch(JSON.stringify(data), /unspeakable/);
  // Seeing that it is there gives no way in.
  assertRefused(await admin.get(`/v1/rooms/${group}`), 404, "SW_ROOM_NOT_FOUND");
  assertRefused(await admin.get(`${ROOMS}/${foreign}`), 404, "SW_ROOM_NOT_FOUND");
});

test("AD2 of DMs and incognito rooms only id, type, state, counts and times are shown, and no search finds them", async (t) => {
  const { admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const hidden = [
    await bob.roomWith([carol], { room_type: "incognito", name: "Conspiracy" }),
    await bob.roomWith([carol], { scope_kind: "incognito", name: "Conspiracy too" }),
    assertOk(await bob.post("/v1/rooms/dm", { participant_id: carol.id })).data.id as string,
  ];
  assertOk(await bob.put(`/v1/rooms/${hidden[2]}/topic`, { topic: "Conspiracy, just us" }));
  const { data } = assertOk(await admin.get(ROOMS));
  assert.equal(data.length, 3);
  for (const room of data) {
    assert.deepEqual(Object.keys(room).toSorted(), COUNTS);
    assert.deepEqual(assertOk(await admin.get(`${ROOMS}/${room.id}`)).data, room);
  }
  assert.doesNotMatch(JSON.stringify(data), new RegExp(`onspiracy|${bob.id}|${carol.id}`));
  for (const q of ["conspiracy", "us", "c", bob.id]) {
    const found = assertOk(await admin.get(`${ROOMS}?q=${encodeURIComponent(q)}`));
    assert.deepEqual([found.data, found.meta.total], [[], 0], q);
  }
});

test("AD2 rooms are found by name, topic and alias, by type and by state, page by page", async (t) => {
  const { admin, bob } = await openStage(t, ["admin", "bob"]);
  const ids: string[] = [];
  for (let i = 0; i < 7; i++) {
    ids.push(await bob.roomWith([], { name: `Room ${i}`, room_type: i % 2 === 0 ? "public" : "group" }));
  }
  assertOk(await bob.post(`/v1/rooms/${ids[6]}/archive`));
  const found = async (query: string) =>
    assertOk(await admin.get(`${ROOMS}?${query}`)).data.map(({ id }: { id: string }) => ids.indexOf(id));
  assert.deepEqual(await found("q=ROOM"), [6, 5, 4, 3, 2, 1, 0]);
  assert.deepEqual(await found("q=m%203"), [3]);
  assert.deepEqual(await found("q=%23room-4"), [4]);
  assert.deepEqual(await found("type=public"), [6, 4, 2, 0]);
  assert.deepEqual(await found("type=public&state=archived"), [6]);
  assert.deepEqual(await found("state=closed"), []);
  const walked = (await walk(admin, `${ROOMS}?type=public`, 2)).map(({ id }) => ids.indexOf(id as string));
  assert.deepEqual(walked, [6, 4, 2, 0]);
  const { meta } = assertOk(await admin.get(`${ROOMS}?limit=2&type=public`));
  assertRefused(await admin.get(`${ROOMS}?limit=2&cursor=${String(meta.next_cursor)}`), 400, "SW_REQUEST_INVALID");
});

test("AD2 the numbers of a tenant are its own", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const eve = await foreigner(server, "eve");
  await eve.roomWith([]);
  const room = await bob.roomWith([carol]);
  await bob.roomWith([], { room_type: "public" });
  assertOk(await bob.post("/v1/rooms/dm", { participant_id: carol.id }));
  assertOk(await bob.post(`/v1/rooms/${room}/archive`));
  const text = "The same content twice is stored once.";
  for (const name of ["a.txt", "b.txt"]) await uploaded(bob, text, { name });
  await uploaded(eve, "Not this tenant's.");
  const { data } = assertOk(await admin.get("/v1/admin/stats"));
  assert.deepEqual(data.storage, { media_bytes: text.length });
  assert.deepEqual(data.participants.human, { active: 3, deactivated: 0 });
  assert.deepEqual(data.rooms.group, { open: 0, archived: 1, closed: 0 });
  assert.deepEqual(data.rooms.public, { open: 1, archived: 0, closed: 0 });
  assert.deepEqual(data.rooms.dm, { open: 1, archived: 0, closed: 0 });
  const counted = await server.db.get<{ n: number }>("SELECT count(*) AS n FROM events WHERE tenant_no = 1");
  assert.deepEqual(data.events, { last_24_hours: counted!.n, last_7_days: counted!.n });
  assert.equal(data.streams, 0);
  await server.setLimits({ max_rooms: 9 });
  const limits = assertOk(await admin.get("/v1/admin/limits")).data;
  assert.deepEqual([limits.max_rooms, limits.max_participants], [9, 50_000]);
  await unchanged(server, async () => void (await admin.get("/v1/admin/stats")));
});
