import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLine } from "../conversation/parse-line.ts";
import type { Line } from "../conversation/line.ts";
import { dueTimes, parseSpeed } from "./pace.ts";

/** Lines said on these days at these times, `25 09:14`; `-` has no time. */
function saidAt(...times: readonly string[]): Line[] {
  return times.map((when, i) => {
    const [day, time] = when.split(" ");
    const at = time === undefined ? {} : { day: `2004-12-${day}`, time };
    return parseLine(JSON.stringify({ id: `l${i}`, type: "message", nick: "ada", text: "hi", ...at }), i + 1) as Line;
  });
}

test("a speed is the highest, lines a second, or times real time", () => {
  assert.deepEqual(parseSpeed("max"), { kind: "max" });
  assert.deepEqual(parseSpeed("50"), { kind: "lines", rate: 50 });
  assert.deepEqual(parseSpeed("0.5"), { kind: "lines", rate: 0.5 });
  assert.deepEqual(parseSpeed("10x"), { kind: "times", rate: 10 });
  for (const none of ["", "0", "0x", "x", "-1", "1e3", "fast", "10 x"]) assert.equal(parseSpeed(none), undefined);
});

test("at the highest speed nothing waits", () => {
  assert.equal(dueTimes(saidAt("25 09:14"), { kind: "max" }), undefined);
});

test("lines a second are evenly spread", () => {
  assert.deepEqual([...dueTimes(saidAt("25 09:14", "25 09:20", "-"), { kind: "lines", rate: 4 })!], [0, 250, 500]);
});

test("by real time the lines of a minute are spread over it", () => {
  const due = dueTimes(saidAt("25 09:14", "25 09:14", "-", "25 09:16"), { kind: "times", rate: 60 })!;
  assert.deepEqual([...due].map(Math.round), [0, 333, 667, 2000]);
});

test("a time that goes back stands still, and another day begins at once", () => {
  const due = dueTimes(saidAt("25 09:14", "25 09:10", "25 09:15", "27 03:00", "27 03:01"), {
    kind: "times",
    rate: 60,
  })!;
  assert.deepEqual([...due], [0, 500, 1000, 2000, 3000]);
});
