import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { invalid, type Json, LIMITS, parseStrictJson, StairwellError } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { BodyDeadlines } from "./body-deadlines.ts";
import { FORM_TYPE } from "./form.ts";

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/** What a request brings. */
export type BodyKind = "none" | "json" | "form";

/**
 * Refuses a body by its headers, before it is read: `SW_UNSUPPORTED_MEDIA_TYPE` for anything but what the call takes,
 * `SW_CONTENT_TOO_LARGE` for JSON of a length over the limit, `SW_REQUEST_INVALID` where a call takes none.
 */
export function checkBodyHeaders(request: IncomingMessage, route: Route): BodyKind {
  if (request.method === "GET" || request.method === "HEAD") return "none";
  const { "content-length": length, "transfer-encoding": chunked, "content-encoding": encoding } = request.headers;
  if (chunked === undefined && (length === undefined || length === "0")) return "none";
  const type = request.headers["content-type"] ?? "";
  const isPlain = encoding === undefined || encoding === "identity";
  if (route.form !== undefined) {
    if (isPlain && FORM_TYPE.test(type)) return "form";
    throw new StairwellError("SW_UNSUPPORTED_MEDIA_TYPE", { message: "Send the body as multipart/form-data." });
  }
  if (route.body === undefined) throw invalid("", "this call takes no body");
  if (!isPlain || !JSON_TYPE.test(type)) throw new StairwellError("SW_UNSUPPORTED_MEDIA_TYPE");
  if (Number(length) > LIMITS.bodyBytes) throw new StairwellError("SW_CONTENT_TOO_LARGE");
  return "json";
}

/**
 * Reads every body as strict JSON, whatever its type is called: `checkBodyHeaders` has refused the others. A fault is
 * kept with the request and thrown when the body is needed; thrown here, it would cost the caller the connection.
 */
export function readBodies(app: FastifyInstance, deadlines: BodyDeadlines): void {
  app.removeAllContentTypeParsers();
  // A form is read by the call that takes it, which says how much of it there may be.
  app.addContentTypeParser(FORM_TYPE, (_request, _payload, done) => done(null));
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LIMITS.bodyBytes }, (request, bytes, done) => {
    // As asked for by parseAs; the type allows for both.
    const body = bytes as Buffer;
    deadlines.end(request.raw);
    if (request.headers["idempotency-key"] !== undefined) request.bodyHash = hash("sha256", body);
    try {
      done(null, parseBody(body));
    } catch (error) {
      request.bodyFault = error as Error;
      done(null, undefined);
    }
  });
}

/** Undefined for an empty body. */
export function parseBody(body: Buffer): Json | undefined {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw invalid("", "is not UTF-8");
  return parseStrictJson(body.toString("utf8"));
}

const EMPTY_HASH = hash("sha256", "");

/** Hex SHA-256 of the body's bytes (AP6). */
export function bodyHashOf(request: FastifyRequest): string {
  return request.bodyHash ?? EMPTY_HASH;
}
