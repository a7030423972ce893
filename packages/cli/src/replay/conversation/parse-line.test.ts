import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLine } from "./parse-line.ts";

const GOOD = { id: "talk:1", day: "2004-12-25", time: "09:14", type: "message", nick: "ada", text: "hello" };

function problemOf(line: Record<string, unknown> | string): string {
  const parsed = parseLine(typeof line === "string" ? line : JSON.stringify(line), 7);
  assert("problem" in parsed, `${JSON.stringify(line)} was taken`);
  assert.equal(parsed.number, 7);
  return parsed.problem;
}

test("a message is read with its time in minutes and its text untouched", () => {
  const text = "  \t\u0008 what\u2028now? \u{1f600} ";
  assert.deepEqual(parseLine(JSON.stringify({ ...GOOD, text, reply_to: "talk:0" }), 3), {
    number: 3,
    id: "talk:1",
    minute: Date.UTC(2004, 11, 25, 9, 14) / 60_000,
    nick: "ada",
    type: "message",
    text,
    replyTo: "talk:0",
  });
});

test("joins, leaves with their reason, and new nicks are read", () => {
  const common = { number: 1, id: "talk:1", minute: undefined, nick: "ada" };
  const line = (more: object): unknown =>
    parseLine(JSON.stringify({ id: "talk:1", day: "2004-12-25", nick: "ada", ...more }), 1);
  assert.deepEqual(line({ type: "join" }), { ...common, type: "join", text: undefined });
  assert.deepEqual(line({ type: "leave" }), { ...common, type: "leave", text: undefined });
  assert.deepEqual(line({ type: "leave", text: "Leaving" }), { ...common, type: "leave", text: "Leaving" });
  assert.deepEqual(line({ type: "nick", text: "ada_" }), { ...common, type: "nick", text: "ada_" });
});

test("a bad line is told with what is wrong with it", () => {
  assert.match(problemOf("{"), /is not JSON/);
  assert.match(problemOf(""), /is not JSON/);
  assert.match(problemOf("[]"), /is not an object/);
  assert.match(problemOf({ ...GOOD, id: 7 }), /has a number as its id: write it as a text, "7"$/);
  assert.match(problemOf("null"), /is not an object/);
  assert.match(problemOf({ ...GOOD, type: "quit" }), /unknown type, "quit"/);
  assert.match(problemOf({ ...GOOD, type: undefined }), /has no type/);
  assert.match(problemOf({ ...GOOD, channel: "#x" }), /unknown key, "channel"/);
  assert.match(problemOf({ ...GOOD, id: undefined }), /no usable id/);
  assert.match(problemOf({ ...GOOD, id: "a b" }), /no usable id/);
  assert.match(problemOf({ ...GOOD, id: "x".repeat(129) }), /no usable id/);
  assert.match(problemOf({ ...GOOD, nick: "" }), /has no nick/);
  assert.match(problemOf({ ...GOOD, nick: " ada" }), /cannot be a display name/);
  assert.match(problemOf({ ...GOOD, nick: "a\u0007" }), /cannot be a display name/);
  assert.match(problemOf({ ...GOOD, nick: "|".repeat(40) }), /too long for a local id/);
  assert.match(problemOf({ ...GOOD, text: undefined }), /has no text/);
  assert.match(problemOf({ ...GOOD, text: 5 }), /text that is not a text/);
  assert.match(problemOf(JSON.stringify(GOOD).replace("hello", "\\ud83d")), /half a surrogate pair/);
  assert.match(problemOf({ ...GOOD, text: "x".repeat(70_000) }), /longer than a message can be/);
  assert.match(problemOf({ ...GOOD, type: "join", text: "hi" }), /join and cannot have a text/);
  assert.match(problemOf({ ...GOOD, type: "leave", text: "x".repeat(501) }), /cannot be a reason/);
  assert.match(problemOf({ ...GOOD, type: "nick", text: "" }), /which is the new nick/);
  assert.match(problemOf({ ...GOOD, type: "nick", reply_to: "talk:0" }), /nick and cannot have reply_to/);
  assert.match(problemOf({ ...GOOD, time: "9:14" }), /not HH:MM/);
  assert.match(problemOf({ ...GOOD, time: "25:14" }), /in no calendar/);
  assert.match(problemOf({ ...GOOD, day: "yesterday" }), /not YYYY-MM-DD/);
});
