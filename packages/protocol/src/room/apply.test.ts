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
