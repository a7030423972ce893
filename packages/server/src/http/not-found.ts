import { invalid, StairwellError } from "@stairwell/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

const STREAM = "/v1/stream";

/**
 * Refuses a request that no route takes: 405 with `Allow` where another method would do, else 404. The stream is no route:
 * who asks for it without an upgrade is told so.
 */
export function refuseUnknown(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): StairwellError {
  const path = request.url.split("?", 1)[0]!;
  if (path === STREAM && request.method === "GET") {
    return invalid("Upgrade", "must be `websocket`; a proxy in between has to pass it on, and `Connection`");
  }
  const allowed = METHODS.filter((method) => app.findRoute({ method, url: path }) !== null);
  if (allowed.length === 0) return new StairwellError("SW_NOT_FOUND");
  reply.header("allow", allowed.join(", "));
  return new StairwellError("SW_METHOD_NOT_ALLOWED");
}
