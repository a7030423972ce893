import type { Route } from "@stairwell/protocol/api";
import { Histogram, SECONDS, type Series } from "../lib/histogram.ts";

/** Durations of requests by call and class of status. Paths outside the route table are one series. */
export class RequestMetrics {
  readonly histogram = new Histogram(
    "stairwell_http_request_seconds",
    "Time from a request's headers to its answer, by call and class of status.",
    SECONDS,
  );
  readonly #series = new Map<Route | null, (Series | undefined)[]>();

  observe(route: Route | null, status: number, milliseconds: number): void {
    let classes = this.#series.get(route);
    if (classes === undefined) this.#series.set(route, (classes = []));
    const digit = Math.floor(status / 100);
    classes[digit] ??= this.histogram.series({ call: route?.operationId ?? "other", status: `${digit}xx` });
    classes[digit].observe(milliseconds / 1000);
  }
}
