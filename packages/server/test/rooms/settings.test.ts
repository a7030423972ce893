import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { type Expected } from "../members/expected.ts";
import { givePower, RoomUnderTest } from "../members/room-under-test.ts";
import { openStage } from "../support/stage.ts";

async function roomOf(t: TestContext) {
  const stage = await openStage(t, ["alice", "bob", "carol"]);
  const id = await stage.alice.roomWith([stage.bob], { name: "A room", topic: "Why" });
  return { ...stage, room: new RoomUnderTest(stage.server, id, stage.alice) };
}

const named = (name: string, sender: Person): Expected => ({ event_type: "swp.room.name", sender, content: { name } });
const about = (topic: string | null, sender: Person): Expected => ({
  event_type: "swp.room.topic",
  sender,
  content: { topic },
});

test("PL4 AP5 rename and topic need power 50, and say so", async (t) => {
  const { alice, bob, room } = await roomOf(t);
  const calls = [
    () => bob.put(room.path("/name"), { name: "New" }),
    () => bob.put(room.path("/topic"), { topic: "New" }),
  ];
  for (const level of [0, 49]) {
    await givePower(alice, room, bob, level);
    for (const call of calls) {
      await room.refuses(call, 403, "SW_ROOM_FORBIDDEN", "PL4", { needed: 50, actual: level });
    }
  }
  await givePower(alice, room, bob, 50);
  const renamed = await room.appends(calls[0]!, named("New", bob));
  assert.equal(renamed.data.name, "New");
  const changed = await room.appends(calls[1]!, about("New", bob));
  assert.equal(changed.data.topic, "New");
  for (const who of [alice, bob]) {
    const seen = assertOk(await who.get(room.path())).data;
    assert.deepEqual([seen.name, seen.topic], ["New", "New"]);
  }
});

test("an equal name or topic is a 200 and no event, after cleaning", async (t) => {
  const { alice, room } = await roomOf(t);
  for (const name of ["A room", "  A room\n"]) await room.changesNothing(() => alice.put(room.path("/name"), { name }));
  for (const topic of ["Why", " Why "]) await room.changesNothing(() => alice.put(room.path("/topic"), { topic }));
  await room.appends(() => alice.put(room.path("/name"), { name: "Cafe\u0301" }), named("Caf\u00e9", alice));
  await room.changesNothing(() => alice.put(room.path("/name"), { name: "Caf\u00e9" }));
});

test("a topic is cleared by null and by the empty text, once", async (t) => {
  const { alice, room } = await roomOf(t);
  for (const [topic, again] of [
    [null, ""],
    ["", null],
    [" \t ", ""],
  ]) {
    await room.appends(() => alice.put(room.path("/topic"), { topic }), about(null, alice));
    await room.changesNothing(() => alice.put(room.path("/topic"), { topic: again }));
    await room.appends(() => alice.put(room.path("/topic"), { topic: "x" }), about("x", alice));
  }
  await room.refuses(() => alice.put(room.path("/topic"), {}), 400, "SW_REQUEST_INVALID");
});

test("a name has 1 to 128 characters, whatever they take in bytes, and a topic up to 1,024", async (t) => {
  const { alice, room } = await roomOf(t);
  const wide = ["x", "\u00e9", "\u6f22", "\u{1f9d7}"];
  for (const character of wide) {
    const [name, topic] = [character.repeat(128), character.repeat(1024)];
    await room.appends(() => alice.put(room.path("/name"), { name: ` ${name} ` }), named(name, alice));
    await room.appends(() => alice.put(room.path("/topic"), { topic }), about(topic, alice));
    await room.refuses(() => alice.put(room.path("/name"), { name: name + character }), 400, "SW_REQUEST_INVALID");
    await room.refuses(() => alice.put(room.path("/topic"), { topic: topic + character }), 400, "SW_REQUEST_INVALID");
  }
  for (const name of ["", " ", "\n\t", null, 50]) {
    await room.refuses(() => alice.put(room.path("/name"), { name }), 400, "SW_REQUEST_INVALID");
  }
});

test("no control or direction-changing character comes into a name or topic", async (t) => {
  const { alice, room } = await roomOf(t);
  const forbidden = [
    "\0",
    "\u0007",
    "\n",
    "\r",
    "\t",
    "\u001b",
    "\u007f",
    "\u0085",
    "\u202a",
    "\u202b",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2069",
    "\u200e",
    "\u200f",
  ];
  for (const character of forbidden) {
    const text = `a${character}b`;
    await room.refuses(() => alice.put(room.path("/name"), { name: text }), 400, "SW_REQUEST_INVALID");
    await room.refuses(() => alice.put(room.path("/topic"), { topic: text }), 400, "SW_REQUEST_INVALID");
    assert.equal((await alice.post("/v1/rooms", { room_type: "group", name: text })).status, 400);
  }
  // What scripts and emoji need stays.
  const name =
    "\u05e9\u05dc\u05d5\u05dd \u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645";
  await room.appends(() => alice.put(room.path("/name"), { name }), named(name, alice));
});

for (const verb of ["archive", "close"]) {
  test(`LC1 no setting of a room changes after its ${verb}, for its admin either`, async (t) => {
    const { alice, bob, carol, room } = await roomOf(t);
    assertOk(await alice.post(room.path(`/${verb}`)));
    const calls = (who: Person) => [
      () => who.put(room.path("/name"), { name: "New" }),
      () => who.put(room.path("/topic"), { topic: "New" }),
      () => who.put(room.path("/name"), { name: "A room" }),
    ];
    for (const call of [...calls(alice), ...calls(bob)]) await room.refuses(call, 409, "SW_ROOM_FROZEN", "LC1");
    for (const call of calls(carol)) await room.refuses(call, 404, "SW_ROOM_NOT_FOUND");
  });
}
