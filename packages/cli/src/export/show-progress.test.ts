import assert from "node:assert/strict";
import { test } from "node:test";
import { Output } from "../output.ts";
import { ExportProgress } from "./show-progress.ts";

function opened(isTTY: boolean) {
  const shown = { text: "", now: 0 };
  const streams = { data: { write: () => {} }, messages: { write: (text: string) => (shown.text = text), isTTY } };
  return { shown, progress: new ExportProgress(new Output(streams, false), () => shown.now) };
}

const MEDIA = 50_000_000;

test("an export shows events, bytes, rate and time left, then those of its media", () => {
  const { shown, progress } = opened(true);
  const so = { bytes: 1_500_000, eventsTotal: 40_000, mediaTotal: MEDIA };
  progress.show({ ...so, events: 0, mediaBytes: 0 });
  shown.now = 1000;
  progress.show({ ...so, events: 10_000, mediaBytes: 0 });
  assert.match(shown.text, /\[#{8}-{22}\] {2}25 % 10,000 of 40,000 events, 1\.5 MB, 10,000 a second, 0:03 left$/);
  shown.now = 2000;
  progress.show({ ...so, events: 40_000, mediaBytes: 0 });
  shown.now = 3000;
  progress.show({ ...so, events: 40_000, mediaBytes: 10_000_000 });
  assert.match(shown.text, /20 % 10\.0 MB of 50\.0 MB media, 1\.5 MB, 10\.0 MB a second, 0:04 left$/);
});

test("an export is quiet where nobody watches", () => {
  const { shown, progress } = opened(false);
  progress.show({ bytes: 1, events: 1, eventsTotal: 2, mediaBytes: 0, mediaTotal: 0 });
  progress.end();
  assert.equal(shown.text, "");
});
