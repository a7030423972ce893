import assert from "node:assert/strict";
import { test } from "node:test";
import { camel } from "../../test/facts.ts";
import { readVectors } from "../../test/vectors.ts";
import type { Envelope } from "../hash.ts";
import type { Fqid } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { apply, fold, subjectOf } from "./apply.ts";
import type { LoggedEvent } from "./events/index.ts";

const log = readVectors<{ events: { envelope: Envelope; content: JsonObject | null }[] }>("log");
const folded = readVectors<{ room: object; members: object[] }>("fold");
const events = log.events.map(({ envelope, content }): LoggedEvent => ({
  position: envelope.position,
  type: envelope.event_type,
  content,
  sender: envelope.sender,
  hubTs: envelope.hub_ts,
}));

test("the log of the vectors folds to the room and members that they say", () => {
  const { room, members } = fold(events);
  assert.deepEqual(room, camel(folded.room));
  const rows = [...members.values()].sort((a, b) => (a.fqid < b.fqid ? -1 : 1));
  assert.deepEqual(rows, folded.members.map(camel));
});

test("a log that does not begin with its create event is refused", () => {
  assert.throws(() => fold(events.slice(1)), /create event/);
  assert.deepEqual(fold([]), { room: undefined, members: new Map() });
});

/** A room's log as far as its creator's join, and what follows. */
function logOf(...rest: readonly (readonly [type: string, content: JsonObject])[]): LoggedEvent[] {
  const begun = events.slice(0, 2);
  const more = rest.map(([type, content], i) => ({ ...begun[1]!, position: i + 3, hubTs: 1000 + i, type, content }));
  return [...begun, ...more];
}

const BOB = "@bob:acme.example" as Fqid;
const bob = (membership: string, more: JsonObject = {}): readonly [string, JsonObject] => [
  "swp.room.member",
  { participant: BOB, membership, ...more },
];

test("only the join right after the create event has power, coming back has none", () => {
  const joinedThird = fold(logOf(bob("join"))).members.get(BOB);
  assert.equal(joinedThird?.powerLevel, 0);
  const { room, members } = fold(
    logOf(
      bob("join"),
      ["swp.room.power", { participant: BOB, power_level: 100 }],
      bob("leave", { cause: "left" }),
      bob("join"),
    ),
  );
  assert.equal(members.get(BOB)?.powerLevel, 0);
  assert.equal(room?.adminCount, 1);
});

test("LC5 the power at a going is kept of those who left by themselves, until something else becomes of them", () => {
  const powerful = [bob("join"), ["swp.room.power", { participant: BOB, power_level: 50 }]] as const;
  const after = (...rest: ReturnType<typeof bob>[]) => fold(logOf(...powerful, ...rest)).members.get(BOB)?.powerAtLeave;
  assert.equal(after(bob("leave", { cause: "left" })), 50);
  assert.equal(after(bob("leave", { cause: "left" }), bob("invite")), null);
  assert.equal(after(bob("leave", { cause: "left" }), bob("invite"), bob("leave", { cause: "declined" })), null);
  assert.equal(after(bob("leave", { cause: "left" }), bob("join")), null);
  for (const cause of ["kicked", "deactivated", "defederated"])
    assert.equal(after(bob("leave", { cause })), null, cause);
  assert.equal(after(bob("ban")), null);
});

test("MB10 the end of a stay is remembered until the next one ends", () => {
  const left = (...rest: ReturnType<typeof bob>[]) => fold(logOf(...rest)).members.get(BOB)?.leftPosition;
  assert.equal(left(bob("invite"), bob("leave")), null);
  assert.equal(left(bob("join"), bob("leave")), 4);
  assert.equal(left(bob("join"), bob("ban"), bob("leave"), bob("invite"), bob("join")), 4);
  assert.equal(left(bob("join"), bob("leave"), bob("join"), bob("ban")), 6);
});

test("an archived room says since when, an open one forgets it", () => {
  const times = (...states: string[]) => {
    const { room } = fold(logOf(...states.map((state) => ["swp.room.state", { state }] as const)));
    return [room?.state, room?.archivedAt, room?.closedAt];
  };
  assert.deepEqual(times("archived"), ["archived", 1000, null]);
  assert.deepEqual(times("archived", "open"), ["open", null, null]);
  assert.deepEqual(times("archived", "open", "archived"), ["archived", 1002, null]);
  assert.deepEqual(times("archived", "closed"), ["closed", 1000, 1001]);
  assert.deepEqual(times("closed"), ["closed", null, 1000]);
});

test("events of other types, and events without content, change nothing", () => {
  const { room } = fold(events);
  const at: LoggedEvent = {
    position: 20,
    type: "",
    content: { name: "X" },
    sender: "@bob:acme.example" as Fqid,
    hubTs: 1,
  };
  for (const type of [
    "swp.room.message",
    "swp.room.history",
    "swp.room.import",
    "swp.unknown",
    "acme.timer",
    "__proto__",
  ]) {
    assert.equal(apply(room, undefined, { ...at, type }).room, room, type);
    assert.equal(subjectOf({ ...at, type }), undefined, type);
  }
  for (const type of ["swp.room.name", "swp.room.member", "swp.room.power", "swp.room.state"]) {
    const wiped = { ...at, type, content: null };
    assert.deepEqual(apply(room, undefined, wiped), { room }, type);
    assert.equal(subjectOf(wiped), undefined, type);
  }
});
