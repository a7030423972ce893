import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "./histogram.ts";

test("a histogram counts into buckets and exposes them cumulatively", () => {
  const histogram = new Histogram("x_seconds", "How long.", [0.1, 1]);
  const series = histogram.series({ route: "a", status: "2xx" });
  for (const value of [0.05, 0.1, 0.5, 7]) series.observe(value);
  assert.equal(histogram.series({ route: "a", status: "2xx" }), series);
  histogram.series().observe(1);
  assert.equal(
    histogram.expose(),
    `# HELP x_seconds How long.
# TYPE x_seconds histogram
x_seconds_bucket{route="a",status="2xx",le="0.1"} 2
x_seconds_bucket{route="a",status="2xx",le="1"} 3
x_seconds_bucket{route="a",status="2xx",le="+Inf"} 4
x_seconds_sum{route="a",status="2xx"} 7.65
x_seconds_count{route="a",status="2xx"} 4
x_seconds_bucket{le="0.1"} 0
x_seconds_bucket{le="1"} 1
x_seconds_bucket{le="+Inf"} 1
x_seconds_sum 1
x_seconds_count 1
`,
  );
});
