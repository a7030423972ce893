import { Histogram, SECONDS } from "../lib/histogram.ts";

/** Counts the write groups of a store, for its `onGroup`; the histograms are for the page of metrics. */
export function groupMetrics() {
  const size = new Histogram(
    "stairwell_commit_group_commands",
    "Commands that shared one sync.",
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  );
  const time = new Histogram("stairwell_commit_group_seconds", "Time of a write group, its sync included.", SECONDS);
  const [commands, seconds] = [size.series(), time.series()];
  return {
    histograms: [size, time],
    observe: (count: number, milliseconds: number) => {
      commands.observe(count);
      seconds.observe(milliseconds / 1000);
    },
  };
}
