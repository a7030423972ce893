import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTo } from "./answer.ts";

function ask(text: string, random = 0): string {
  const now = new Date("2026-03-01T17:04:59Z");
  return answerTo(text, { now, random: () => random, room: { members_count: 8, head: 42 } });
}

test("the bot does the first thing it knows in a message", () => {
  assert.match(ask("@Porter HELP me"), /I tell the `time`, `roll 2d6`, `count`/);
  assert.equal(ask("@Porter what time is it?"), "It is 17:04 UTC on 2026-03-01.");
  assert.equal(ask("count please"), "8 members, and 42 entries in the log.");
  assert.equal(ask("roll 2d6 and help"), "1 + 1 = 2");
  assert.match(ask("@Porter good bot"), /I do not know that/);
  assert.match(ask("sometimes I scroll and discount"), /I do not know that/);
});

test("the bot rolls what dice there are", () => {
  assert.equal(ask("roll"), "1");
  assert.equal(ask("roll d20", 0.999), "20");
  assert.equal(ask("roll 3d6", 0.5), "4 + 4 + 4 = 12");
  assert.equal(ask("roll 100d1000", 0.999), "100000");
  for (const none of ["roll 0d6", "roll 101d6", "roll 2d1", "roll 2d1001", `roll ${"9".repeat(400)}d6`]) {
    assert.equal(ask(none), "I have 100 dice, of 2 to 1000 sides.");
  }
});

test("the bot picks one of several things", () => {
  assert.equal(ask("@Porter pick pizza, ramen or salad?"), "pizza");
  assert.equal(ask("@Porter pick pizza, ramen or salad?", 0.999), "salad");
  assert.equal(ask("pick the oracle, orange juice", 0.999), "orange juice");
  assert.match(ask("pick"), /Tell me what from/);
});
