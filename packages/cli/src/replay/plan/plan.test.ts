import assert from "node:assert/strict";
import { test } from "node:test";
import type { Line } from "../conversation/line.ts";
import { parseLine } from "../conversation/parse-line.ts";
import { countsOf } from "./counts.ts";
import { expectedUnread } from "./expected-unread.ts";
import { type Plan, planOf } from "./plan.ts";

/** Lines written short: `nick type text`, with `>n` before it for a reply to line n. */
function planFor(...short: readonly string[]): Plan {
  const lines = short.map((text, i): Line => {
    const [, replyTo, nick, type, said] = /^(?:>(\d+) )?(\S+) (\S+)(?: (.*))?$/.exec(text)!;
    const line = parseLine(
      JSON.stringify({ id: `l${i + 1}`, type, nick, text: said, reply_to: replyTo && `l${replyTo}` }),
      i + 1,
    );
    assert(!("problem" in line), `${text}: ${JSON.stringify(line)}`);
    return line;
  });
  return planOf(lines);
}

function eventsOf(plan: Plan): string[] {
  return plan.events.map(({ nick, act, mention, replyTo }) =>
    [
      nick,
      act,
      ...(mention === undefined ? [] : [`@${mention}`]),
      ...(replyTo === undefined ? [] : [`>${replyTo}`]),
    ].join(" "),
  );
}

test("whoever speaks, acts or takes another nick without having joined joins first", () => {
  const plan = planFor("ada message hi", "ben action waves", "cem nick cem_", "ada message again");
  assert.deepEqual(eventsOf(plan), [
    "ada join",
    "ada message",
    "ben join",
    "ben action",
    "cem join",
    "cem nick",
    "ada message",
  ]);
  assert.equal(countsOf(plan).joins.before_speaking, 3);
});

test("whoever takes another nick stays under the old one and joins under the new one when they speak", () => {
  const plan = planFor("ada join", "ada nick Ada", "Ada message hi", "ada message still here");
  assert.deepEqual(eventsOf(plan), ["ada join", "ada nick", "Ada join", "Ada message", "ada message"]);
  assert.deepEqual([...plan.inRoom], ["ada", "Ada"]);
});

test("a join or leave that changes nothing is called for and makes no event", () => {
  const plan = planFor("ada leave", "ada join", "ada join", "ada leave", "ada leave", "ada message back");
  assert.deepEqual(
    plan.steps.map(({ act, event }) => [act, event]),
    [
      ["leave", undefined],
      ["join", 0],
      ["join", undefined],
      ["leave", 1],
      ["leave", undefined],
      ["join", 2],
      ["message", 3],
    ],
  );
  const { joins, leaves } = countsOf(plan);
  assert.deepEqual(joins, { made: 1, no_change: 1, before_speaking: 1 });
  assert.deepEqual(leaves, { made: 1, no_change: 2 });
});

test("a reply goes to the event of its line, or to the one that had made a line without an event so", () => {
  const plan = planFor(
    "ada message one", // events 0, 1
    "ada join",
    ">1 ada message to a message",
    ">2 ada message to the join before speaking",
    "ada leave",
    "ada leave",
    ">6 ben message to the leave",
    "cem leave",
    ">8 ben message to nothing",
  );
  assert.deepEqual(
    eventsOf(plan).filter((event) => event.includes("message")),
    ["ada message", "ada message >1", "ada message >0", "ben message >4", "ben message"],
  );
  assert.deepEqual(
    plan.unlinked.map(({ number }) => number),
    [9],
  );
  assert.equal(countsOf(plan).replies, 3);
});

test("somebody is addressed by their exact nick and a colon, while they are in the room", () => {
  const plan = planFor(
    "Ada join",
    "ben message Ada: hi",
    "ben message ada: other case",
    "ben message Ada, hi",
    "ben message  Ada: a space before",
    "ben action Ada: waves",
    "Ada leave",
    "ben message Ada: gone",
    "ben message : nobody",
    "ben message ben: myself",
  );
  assert.deepEqual(
    plan.events.flatMap(({ line, mention }) => (mention === undefined ? [] : [[line.number, mention]])),
    [
      [2, "Ada"],
      [6, "Ada"],
      [10, "ben"],
    ],
  );
});

test("unread messages count from one's last act, and mentions by name or reply once each", () => {
  const plan = planFor(
    "ada message one",
    "ben join",
    ">1 ben message ada: two",
    ">1 ben message three",
    "ben message four",
    "ada join",
    "ben nick Ben",
    "cem join",
    "cem leave",
    "ben message cem: gone",
  );
  assert.deepEqual(Object.fromEntries(expectedUnread(plan)), {
    ada: { unread: 4, mentions: 2 },
    ben: { unread: 0, mentions: 0 },
  });
});
