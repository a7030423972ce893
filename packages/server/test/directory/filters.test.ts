import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestClock } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

const names = async (who: Person, query: string): Promise<string[]> =>
  assertOk(await who.get(`/v1/directory/rooms?limit=200&${query}`)).data.map(({ name }: { name: string }) => name);

async function setOfNames(who: Person, query: string): Promise<string[]> {
  return (await names(who, query)).toSorted();
}

test("VS2 the directory has open rooms one is in or invited to and open public ones, each once, and nothing else", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const make = async (others: Person[], body: { name: string; [key: string]: unknown }) => alice.roomWith(others, body);
  await make([bob], { name: "group of both" });
  await make([bob], { name: "public of both", room_type: "public" });
  await make([bob], { name: "incognito of both", room_type: "incognito" });
  await make([], { name: "public of alice", room_type: "public" });
  await make([], { name: "public group of alice", is_public: true });
  await make([], { name: "group of alice" });
  await make([], { name: "incognito of alice", room_type: "incognito" });
  for (const room_type of ["group", "public", "incognito"]) {
    assertOk(await alice.post("/v1/rooms", { room_type, name: `${room_type} with an invite`, invite: [bob.id] }));
  }
  const left = await make([bob], { name: "left", room_type: "public" });
  assertOk(await bob.post(`/v1/rooms/${left}/leave`));
  for (const verb of ["archive", "close"]) {
    const room = await make([bob], { name: `after ${verb}`, room_type: "public" });
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
  }
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id as string;

  const open = ["public group of alice", "public of alice", "public of both", "public with an invite", "left"];
  const own = ["group of both", "group with an invite", "incognito of both", "incognito with an invite"];
  const listed = assertOk(await bob.get("/v1/directory/rooms?limit=200"));
  assert.deepEqual(
    (await setOfNames(bob, "")).filter((name) => name !== null),
    [...open, ...own].toSorted(),
  );
  assert.deepEqual(
    listed.data.filter(({ name }: { name: null }) => name === null).map(({ id }: { id: string }) => id),
    [dm],
  );
  assert.deepEqual(listed.meta, { has_more: false, next_cursor: null, total: 10 });
  assert.deepEqual(await setOfNames(carol, ""), open.toSorted());

  assert.deepEqual(await names(bob, "state=closed"), ["after close"]);
  assert.deepEqual(await names(bob, "state=archived"), ["after archive"]);
  assert.deepEqual([await names(carol, "state=closed"), await names(carol, "state=archived")], [[], []]);
  assert.deepEqual(await names(bob, "membership=join&room_type=group"), ["group of both"]);
  assert.deepEqual(await setOfNames(bob, "membership=invite"), [
    "group with an invite",
    "incognito with an invite",
    "public with an invite",
  ]);
  assert.deepEqual(await setOfNames(bob, "membership=none"), ["left", "public group of alice", "public of alice"]);
  assert.deepEqual(await names(bob, "membership=invite&state=closed"), []);
});

test("VS2 q finds part of a name, topic or alias, whatever the case and accents, and only in what one sees", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const make = (body: object) => alice.roomWith([], { room_type: "public", ...body });
  await make({ name: "Zürich Office" });
  await make({ name: "Lunch", topic: "At the ZURICH lake" });
  await make({ name: "100% _real_" });
  await make({ name: "Straße" });
  const renamed = await make({ name: "Zurich first" });
  assertOk(await alice.put(`/v1/rooms/${renamed}/name`, { name: "Elsewhere" }));
  await alice.roomWith([], { name: "Zurich, hidden" });
  assert.deepEqual(await setOfNames(bob, "q=zurich"), ["Elsewhere", "Lunch", "Zürich Office"]);
  assert.deepEqual(await setOfNames(bob, "q=Z%C3%9CRICH"), ["Elsewhere", "Lunch", "Zürich Office"]);
  assert.deepEqual(await setOfNames(alice, "q=zurich"), ["Elsewhere", "Lunch", "Zurich, hidden", "Zürich Office"]);
  for (const [q, found] of [
    ["%25", "100% _real_"],
    ["_real_", "100% _real_"],
    ["strasse", "Straße"],
    ["stra%C3%9Fe", "Straße"],
  ] as const) {
    assert.deepEqual(await names(bob, `q=${q}`), [found], q);
  }
  assert.deepEqual(await names(bob, "q=nothing-of-that-name"), []);
});

test("VS2 filters by type and workspace go together with all others", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const workspace_id = assertOk(await alice.post("/v1/workspaces", { name: "Ours" })).data.id as string;
  await alice.roomWith([], { name: "one", room_type: "public", workspace_id });
  await alice.roomWith([], { name: "two", is_public: true, workspace_id });
  await alice.roomWith([], { name: "three", room_type: "public" });
  await alice.roomWith([], { name: "four", workspace_id });
  assert.deepEqual(await setOfNames(bob, "room_type=public"), ["one", "three"]);
  assert.deepEqual(await setOfNames(bob, `workspace_id=${workspace_id}`), ["one", "two"]);
  assert.deepEqual(await names(bob, `workspace_id=${workspace_id}&room_type=public&q=o&membership=none`), ["one"]);
  assert.deepEqual(await setOfNames(alice, `workspace_id=${workspace_id}&membership=join`), ["four", "one", "two"]);
});

test("AP7 each sort orders by its key, ties the same way at every call", async (t) => {
  const clock = new TestClock();
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"], { clock });
  const rooms: Record<string, string> = {};
  for (const [name, others] of [
    ["Ölmühle", [bob]],
    ["apple", []],
    ["Zebra", [bob, carol]],
    ["banana", [bob]],
  ] as const) {
    rooms[name] = await alice.roomWith(others, { name, room_type: "public" });
    clock.advance(60_000);
  }
  assert.deepEqual(await names(bob, ""), ["banana", "Zebra", "apple", "Ölmühle"]);
  await alice.say(rooms.apple!, "a new minute");
  assert.deepEqual(await names(bob, "sort=activity"), ["apple", "banana", "Zebra", "Ölmühle"]);
  assert.deepEqual(await names(bob, "sort=name"), ["apple", "banana", "Ölmühle", "Zebra"]);
  assert.deepEqual(await names(bob, "sort=members"), ["Zebra", "banana", "Ölmühle", "apple"]);
  assertOk(await carol.post(`/v1/rooms/${rooms.apple}/join`));
  assertOk(await bob.post(`/v1/rooms/${rooms.apple}/join`));
  assert.deepEqual((await names(bob, "sort=members")).slice(0, 2).toSorted(), ["Zebra", "apple"]);
});

test("AP4 a query the directory does not know is refused", async (t) => {
  const { alice } = await openStage(t, ["alice"]);
  for (const query of [
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=",
    "sort=size",
    "state=gone",
    "room_type=channel",
    "membership=leave",
    "q=",
    `q=${"x".repeat(201)}`,
    "colour=red",
    "limit=1&limit=2",
    "cursor=",
  ]) {
    assertRefused(await alice.get(`/v1/directory/rooms?${query}`), 400, "SW_REQUEST_INVALID");
  }
});
