import { StairwellError } from "@stairwell/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Refuses a request that no route takes: 405 with `Allow` where another method would do, else 404. */
export function refuseUnknown(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): StairwellError {
  const path = request.url.split("?", 1)[0]!;
  const allowed = METHODS.filter((method) => app.findRoute({ method, url: path }) !== null);
  if (allowed.length === 0) return new StairwellError("SW_NOT_FOUND");
  reply.header("allow", allowed.join(", "));
  return new StairwellError("SW_METHOD_NOT_ALLOWED");
}
