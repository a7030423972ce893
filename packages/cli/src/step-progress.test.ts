import assert from "node:assert/strict";
import { test } from "node:test";
import { Output } from "./output.ts";
import { timeText } from "./figures.ts";
import { StepProgress } from "./step-progress.ts";

function opened({ isTTY }: { isTTY: boolean }) {
  const shown = { text: "", now: 0 };
  const streams = { data: { write: () => {} }, messages: { write: (text: string) => (shown.text = text), isTTY } };
  return { shown, progress: new StepProgress(new Output(streams, false), "things", () => shown.now) };
}

test("a terminal sees a bar with the rate and the time left", () => {
  const { shown, progress } = opened({ isTTY: true });
  progress.show({ what: "lines", done: 1, total: 10_001 });
  shown.now = 2000;
  progress.show({ what: "lines", done: 2501, total: 10_001 });
  assert.match(shown.text, /\[#{8}-{22}\] {2}25 % 2,501 of 10,001 lines, 1,25\d a second, 0:06 left$/);
  progress.end();
  assert.ok(shown.text.endsWith("\u001b[2K"));
});

test("the rate is that of the last seconds, not of the whole time", () => {
  const { shown, progress } = opened({ isTTY: true });
  for (let second = 0; second <= 20; second++) {
    shown.now = second * 1000;
    progress.show({
      what: "lines",
      done: second <= 10 ? 1 + second * 1000 : 10_001 + (second - 10) * 100,
      total: 100_000,
    });
  }
  assert.match(shown.text, / 100 a second/);
});

test("elsewhere there is a line every ten seconds, and none for a part that is over soon", () => {
  const { shown, progress } = opened({ isTTY: false });
  progress.show({ what: "people signed in", done: 1, total: 2 });
  shown.now = 9000;
  progress.show({ what: "people signed in", done: 2, total: 2 });
  progress.show({ what: "lines", done: 1, total: 100 });
  assert.equal(shown.text, "");
  shown.now = 19_500;
  progress.show({ what: "lines", done: 51, total: 100 });
  assert.match(shown.text, /^51 of 100 lines, 5 a second, 0:10 left\n$/);
});

test("a time left is minutes and seconds, with hours when there are any", () => {
  assert.deepEqual([0, 59.6, 61, 3723].map(timeText), ["0:00", "1:00", "1:01", "1:02:03"]);
});
