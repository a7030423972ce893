import type { Route } from "@stairwell/protocol/api";
import manifest from "../../../package.json" with { type: "json" };
import { errorExamples, errorSchema } from "./errors.ts";
import { operationOf } from "./operation.ts";
import { SharedSchemas } from "./shared-schemas.ts";
import { TAGS } from "./tags.ts";

export interface DocumentParts {
  routes: readonly Route[];
  /** Where this server is reached from outside; without it, where the document came from. */
  publicUrl?: string | null;
}

/** The OpenAPI 3.1 document, made of the schemas that validate and the table of errors. */
export function openApiDocument({ routes, publicUrl = null }: DocumentParts): object {
  const shared = new SharedSchemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, shared);
  }
  const used = new Set(routes.map(({ tag }) => tag));
  const unknown = [...used].filter((tag) => TAGS[tag] === undefined);
  if (unknown.length > 0) throw new Error(`the document has no description of the tag ${unknown.join(", ")}`);
  return {
    openapi: "3.1.0",
    info: {
      title: "Stairwell",
      version: manifest.version,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      { url: publicUrl ?? "/", description: publicUrl === null ? "This server" : "The server's public address" },
    ],
    security: [{ token: [] }],
    tags: Object.entries(TAGS).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
    paths,
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "An access token, `swt_…`; in development mode `dev-NAME`.",
        },
      },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      headers: HEADERS,
      schemas: { ...shared.components(), Error: errorSchema() },
      examples: errorExamples(routes),
    },
  };
}

const DESCRIPTION = `Rooms for people, bots and AI agents. What happens in them is told live by the WebSocket \`/v1/stream\`, which [/asyncapi.json](/asyncapi.json) describes.

A success is \`{"data": …, "meta"?: …}\`, a failure \`{"error": {"code", "message", "details"?, "rule"?, "needed"?, "actual"?, "request_id"}}\`.
Codes are stable; messages are for people. Ids are opaque: one that names nothing, or nothing the caller may know of, answers as unknown.
Times are RFC 3339 in UTC with milliseconds. Unknown keys in bodies and queries are refused, and nothing is coerced.

Checks come in one order: authentication, rate, shape, the answer kept for an \`Idempotency-Key\`, and then the rules of the call.`;

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Makes the call safe to repeat: the same key, caller, call and body answer the first success again for 24 hours, " +
    "with `Idempotency-Replayed: true`. Another body is 409.",
  schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,128}$" },
  example: "c0ffee00-5e2b-4d0c-9c11-2f5c1f0a7d11",
};

const count = (description: string) => ({ description, schema: { type: "integer", minimum: 0 } });

const HEADERS = {
  RequestId: {
    description: "Names the request in the server's log; a sane one from the caller is kept.",
    schema: { type: "string" },
  },
  IdempotencyReplayed: {
    description: "`true` on an answer that was kept for this key.",
    schema: { type: "string", const: "true" },
  },
  RateLimitLimit: count(
    "What the caller may send at once. Absent where the tenant has no limit, as are its companions.",
  ),
  RateLimitRemaining: count("What is left of it."),
  RateLimitReset: count("Seconds until all of it is there again."),
  RetryAfter: count("Seconds after which a repeat may succeed."),
  WwwAuthenticate: { description: "How to authenticate.", schema: { type: "string", const: "Bearer" } },
};
