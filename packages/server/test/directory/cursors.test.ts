import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestServer } from "@stairwell/testing";
import { foreigner, openStage } from "../support/stage.ts";

const at = (path: string, cursor: string): string =>
  `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;

/** The lists there are, each with more than one row for its reader. */
async function listsOf(server: TestServer, reader: Person): Promise<Record<string, string>> {
  const others = await Promise.all(["one", "two"].map((name) => server.person(name, reader.me.tenant.slug).signIn()));
  const room = await reader.roomWith(others);
  const second = await reader.roomWith(others);
  for (const ended of [await reader.roomWith([]), await reader.roomWith([])])
    assertOk(await reader.post(`/v1/rooms/${ended}/archive`));
  return {
    rooms: "/v1/directory/rooms",
    "rooms by name": "/v1/directory/rooms?sort=name",
    "rooms by members": "/v1/directory/rooms?sort=members",
    "rooms of a type": "/v1/directory/rooms?room_type=group",
    archived: "/v1/rooms/archived",
    people: "/v1/directory/participants",
    "people of a type": "/v1/directory/participants?type=human",
    members: `/v1/rooms/${room}/members`,
    "members of another room": `/v1/rooms/${second}/members`,
    "members by text": `/v1/rooms/${room}/members?q=o`,
  };
}

async function cursorOf(who: Person, path: string): Promise<string> {
  const { meta } = assertOk(await who.get(`${path}${path.includes("?") ? "&" : "?"}limit=1`));
  assert.equal(meta.has_more, true, path);
  return meta.next_cursor as string;
}

test("AP7 a cursor is good for its own list, caller and tenant, and 400 everywhere else", async (t) => {
  const { server, alice, two: carol } = await openStage(t, ["alice", "two"]);
  const eve = await foreigner(server, "alice");
  await server.liftLimits();
  await server.liftLimits("other");
  const lists = await listsOf(server, alice);
  const foreign = await listsOf(server, eve);
  for (const [name, path] of Object.entries(lists)) {
    const cursor = await cursorOf(alice, path);
    assertOk(await alice.get(at(`${path}${path.includes("?") ? "&" : "?"}limit=7`, cursor)));
    for (const [other, otherPath] of Object.entries(lists)) {
      if (other !== name) assertRefused(await alice.get(at(otherPath, cursor)), 400, "SW_REQUEST_INVALID");
    }
    const refused = await carol.get(at(path, cursor));
    assertRefused(refused, 400, "SW_REQUEST_INVALID");
    assertRefused(await eve.get(at(foreign[name]!, cursor)), 400, "SW_REQUEST_INVALID");
    assert.deepEqual(refused.error.details, [{ path: "?cursor", reason: "is not a cursor of this list and caller" }]);
  }
});

test("AP7 whatever is no cursor is refused, a changed one too", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const { rooms } = await listsOf(server, alice);
  const cursor = await cursorOf(alice, rooms!);
  const last = cursor.at(-1) === "A" ? "B" : "A";
  const odd = [
    "x",
    "0",
    "1",
    "null",
    "[]",
    '["x",1]',
    "../",
    "\0",
    "x".repeat(1024),
    btoa('["",1]'),
    cursor.slice(1),
    cursor.slice(0, -1),
    cursor.slice(0, -1) + last,
    `${cursor}=`,
    cursor + cursor,
    ` ${cursor}`,
  ];
  for (const text of [...odd, "x".repeat(1025)]) {
    const refused = await alice.get(at(rooms!, text));
    assertRefused(refused, 400, "SW_REQUEST_INVALID");
    assert.equal((refused.error.details as { path: string }[])[0]!.path, "?cursor");
  }
});

test("AP7 the first members of GET …/state go on in the members list", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  await server.liftLimits();
  const room = await alice.roomWith([], { room_type: "public" });
  await Promise.all(Array.from({ length: 120 }, (_, i) => server.person(`p-${i}`).post(`/v1/rooms/${room}/join`)));
  const { members, members_meta } = assertOk(await alice.get(`/v1/rooms/${room}/state`)).data;
  assert.deepEqual([members.length, members_meta.has_more, members_meta.total], [100, true, 121]);
  const rest = assertOk(await alice.get(at(`/v1/rooms/${room}/members`, members_meta.next_cursor)));
  const whole = assertOk(await alice.get(`/v1/rooms/${room}/members?limit=500`));
  assert.deepEqual([...members, ...rest.data], whole.data);
  assert.deepEqual(rest.meta, { has_more: false, next_cursor: null, total: 121 });
});
