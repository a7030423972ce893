import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { StairwellError } from "@stairwell/protocol";
import type { FastifyInstance } from "fastify";
import { credentialOf } from "./credential.ts";
import { isLoopbackAddress } from "./loopback-guard.ts";

export interface MetricsPageParts {
  /** Who may read; null: callers on this machine that come without a proxy. */
  token: string | null;
  /** What is counted, each in the Prometheus text form. */
  sources: readonly { expose(): string }[];
}

/** Adds `GET /metrics`: our own counts and the process's, in the Prometheus text form. */
export function addMetricsPage(app: FastifyInstance, { token, sources }: MetricsPageParts): void {
  app.get("/metrics", async (request, reply) => {
    checkReader(request.raw, token);
    const text = sources.map((source) => source.expose()).join("") + (await processMetrics());
    return reply
      .header("content-type", "text/plain; version=0.0.4; charset=utf-8")
      .header("cache-control", "no-store")
      .send(text);
  });
}

/** A proxy on this machine makes every caller a local one: whoever was passed on needs the token. */
function checkReader(request: IncomingMessage, token: string | null): void {
  if (token !== null) {
    if (isSame(credentialOf(request), token)) return;
    throw new StairwellError("SW_AUTH_INVALID_TOKEN");
  }
  const { forwarded, via, "x-forwarded-for": forwardedFor } = request.headers;
  const isDirect = forwarded === undefined && via === undefined && forwardedFor === undefined;
  if (isDirect && isLoopbackAddress(request.socket.remoteAddress)) return;
  throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
    message: "Metrics are for callers on this machine; set metrics.token for others.",
    rule: "AP1",
  });
}

function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}

let registry: Promise<{ metrics(): Promise<string> }> | undefined;

/** Memory, CPU, event loop and collector. Loaded when first asked for: most servers are never scraped. */
async function processMetrics(): Promise<string> {
  registry ??= import("prom-client").then(({ collectDefaultMetrics, Registry }) => {
    const register = new Registry();
    collectDefaultMetrics({ register });
    return register;
  });
  return (await registry).metrics();
}
