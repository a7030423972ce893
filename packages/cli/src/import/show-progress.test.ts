import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Output } from "../output.ts";
import { ImportProgress } from "./show-progress.ts";

function opened(t: TestContext, isTTY: boolean) {
  const shown = { lines: [] as string[], now: 0 };
  const write = (text: string) => shown.lines.push(text);
  const streams = { data: { write }, messages: { write, isTTY } };
  const progress = new ImportProgress(new Output(streams, false), () => shown.now);
  t.after(() => progress.end());
  return { shown, progress };
}

test("an import on a terminal shows a bar while it is sent, and then for how long the server has been at work", (t) => {
  const { shown, progress } = opened(t, true);
  progress.show(0, 4_000_000);
  shown.now = 1000;
  progress.show(1_000_000, 4_000_000);
  assert.match(shown.lines.at(-1)!, /\[#+-+\] {2}25 % 1\.0 MB of 4\.0 MB sent.*1\.0 MB a second, 0:03 left/);
  assert.equal(progress.isSent, false);
  progress.show(4_000_000, 4_000_000);
  assert.match(shown.lines.at(-1)!, /4\.0 MB sent; the server checks it and makes the room$/);
  shown.now = 13_000;
  progress.tick();
  assert.match(shown.lines.at(-1)!, /makes the room, for 12 s$/);
  assert.equal(progress.isSent, true);
});

test("BU20 an import shows how far the server is, step by step, once it says so", (t) => {
  const { shown, progress } = opened(t, true);
  progress.show(4_000_000, 4_000_000);
  shown.now = 1000;
  progress.showWork({ step: "checking", done: 2_000_000, total: 8_000_000 });
  shown.now = 2000;
  progress.showWork({ step: "checking", done: 4_000_000, total: 8_000_000 });
  assert.match(shown.lines.at(-1)!, /50 % 4\.0 MB of 8\.0 MB checked, 2\.0 MB a second, 0:02 left/);
  const count = shown.lines.length;
  progress.tick();
  assert.equal(shown.lines.length, count);
  progress.showWork({ step: "writing_files", done: 100, total: 1000 });
  assert.match(shown.lines.at(-1)!, /10 % 100 bytes of 1\.0 kB of files written/);
  shown.now = 3000;
  progress.showWork({ step: "writing_events", done: 1000, total: 4000 });
  assert.match(shown.lines.at(-1)!, /25 % 1,000 of 4,000 events written/);
});

test("an import that nobody watches says how far it is in few lines, and nothing where it is soon over", (t) => {
  const { shown, progress } = opened(t, false);
  progress.show(0, 4_000_000);
  shown.now = 9000;
  progress.show(1_000_000, 4_000_000);
  assert.deepEqual(shown.lines, []);
  shown.now = 11_000;
  progress.show(2_000_000, 4_000_000);
  progress.show(4_000_000, 4_000_000);
  shown.now = 31_000;
  progress.tick();
  progress.end();
  progress.tick();
  assert.equal(shown.lines.length, 2);
  assert.match(shown.lines[0]!, /^2\.0 MB of 4\.0 MB sent/);
  assert.equal(shown.lines[1], "4.0 MB sent; the server checks it and makes the room, for 20 s\n");
});

test("BU20 an import through a pipe that nobody watches says how much of it is sent, in few lines", (t) => {
  const { shown, progress } = opened(t, false);
  for (shown.now = 0; shown.now <= 25_000; shown.now += 500) progress.show(shown.now * 1000, undefined);
  assert.deepEqual(shown.lines, ["10.0 MB sent, 1.0 MB a second\n", "20.0 MB sent, 1.0 MB a second\n"]);
});
