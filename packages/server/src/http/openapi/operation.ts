import { Pending, PROGRESS_LINES, type Route } from "@stairwell/protocol/api";
import type { TSchema } from "typebox";
import { errorResponses, takesIdempotencyKey } from "./errors.ts";
import { exampleOf } from "./examples.ts";
import type { JsonSchema, SharedSchemas } from "./shared-schemas.ts";

/** One call of the document. */
export function operationOf(route: Route, shared: SharedSchemas): object {
  const headers = headersOf(route);
  const successes = route.statuses.map((status) => [String(status), successOf(route, status, shared, headers)]);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: descriptionOf(route),
    ...(route.access === "open" ? { security: [] } : {}),
    parameters: parametersOf(route, shared),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route, route.body, shared) }),
    ...(route.form === undefined ? {} : { requestBody: formOf(route.form, shared) }),
    responses: {
      ...(route.bytes === undefined ? Object.fromEntries(successes) : bytesResponses(route, route.bytes, headers)),
      ...(route.pending === true ? { 202: successOf({ ...route, data: Pending }, 202, shared, headers) } : {}),
      ...errorResponses(route, headers),
    },
  };
}

const SUCCESS: Readonly<Record<number, string>> = {
  200: "Done, or read.",
  201: "Made.",
  202: "Kept: the server that orders the room could not be asked, and will be. What becomes of it comes on the stream.",
};

const ACCESS: Readonly<Record<Route["access"], string>> = {
  open: "Open to anybody.",
  read: "Needs the scope `read`.",
  write: "Needs the scope `write`.",
  admin: "Needs the role `admin` and the scope `admin`.",
  operator: "For the operator.",
};

function descriptionOf({ description, access, charged }: Route): string {
  const sentences = [
    description,
    ACCESS[access],
    charged === true ? "Counts against the tenant's `send_rate`." : undefined,
  ];
  return sentences.filter((sentence) => sentence !== undefined).join("\n\n");
}

/** What path parameters name. */
const PARAMETERS: Readonly<Record<string, string>> = {
  alias: "A room's alias, `#name:server`, percent-encoded.",
  event_id: "An event's id.",
  media_id: "The medium's id.",
  participant_id: "A participant's id.",
  room_id: "A room's id.",
  tenant_id: "A tenant's id.",
  token_id: "An access token's id.",
  workspace_id: "A workspace's id.",
};

function parametersOf(route: Route, shared: SharedSchemas): object[] {
  const parameters: object[] = [];
  for (const [, name] of route.path.matchAll(/\{(\w+)\}/g)) {
    const description = PARAMETERS[name!];
    if (description === undefined) throw new Error(`the document has no description of the path parameter ${name}`);
    parameters.push({
      name,
      in: "path",
      required: true,
      description,
      schema: { type: "string" },
      example: exampleOf({ type: "string" }, name!),
    });
  }
  const query = (route.query as unknown as JsonSchema | undefined) ?? {};
  const required = (query.required ?? []) as string[];
  for (const [name, property] of Object.entries((query.properties ?? {}) as Record<string, TSchema>)) {
    const { description, ...schema } = shared.refer(property);
    parameters.push({
      name,
      in: "query",
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    });
  }
  if (takesIdempotencyKey(route)) parameters.push({ $ref: "#/components/parameters/IdempotencyKey" });
  return parameters;
}

function bodyOf(route: Route, body: TSchema, shared: SharedSchemas): object {
  return {
    required: route.bodyOptional !== true,
    content: { "application/json": { schema: shared.refer(body), example: exampleOf(body, "body") } },
  };
}

function formOf(form: TSchema, shared: SharedSchemas): object {
  const { properties = {}, required = [] } = shared.refer(form) as { properties?: object; required?: string[] };
  const file = { type: "string", contentMediaType: "application/octet-stream", description: "The file." };
  const schema = { type: "object", properties: { file, ...properties }, required: ["file", ...required] };
  return { required: true, content: { "multipart/form-data": { schema } } };
}

/** Bytes, whole or a range of them, or that the caller has them. */
function bytesResponses(route: Route, mediaType: string, headers: Record<string, object>): Record<string, object> {
  const content = { [mediaType]: { schema: { type: "string", contentMediaType: mediaType } } };
  if (route.isMadeAnew === true) return { 200: { description: "The bytes.", headers, content } };
  return {
    200: { description: "The bytes.", headers, content },
    206: { description: "The range that was asked for.", headers, content },
    304: { description: "The caller has them, as `If-None-Match` said." },
    416: { description: "There are no such bytes." },
  };
}

function successOf(route: Route, status: number, shared: SharedSchemas, headers: Record<string, object>): object {
  const { data, meta } = route;
  return {
    description: SUCCESS[status],
    headers: {
      ...headers,
      ...(takesIdempotencyKey(route) ? { "Idempotency-Replayed": headerRef("IdempotencyReplayed") } : {}),
    },
    content: {
      "application/json": {
        schema: {
          type: "object",
          required: ["data"],
          properties: { data: shared.refer(data), ...(meta === undefined ? {} : { meta: shared.refer(meta) }) },
        },
        example: { data: exampleOf(data, "data"), ...(meta === undefined ? {} : { meta: exampleOf(meta, "meta") }) },
      },
      ...(route.progress !== undefined && status === 200 ? linesOf(route.progress, shared) : {}),
    },
  };
}

/** A line each, to whoever accepts them; the last one has the answer, whatever its status. */
function linesOf(progress: TSchema, shared: SharedSchemas): object {
  const last = {
    type: "object",
    description: "The answer, as it comes to whoever does not accept lines.",
    required: ["status", "headers", "body"],
    properties: {
      status: { type: "integer" },
      headers: { type: "object", additionalProperties: { type: "string" } },
      body: { type: "object" },
    },
  };
  const between = {
    type: "object",
    description: "How far the call is, about once a second.",
    required: ["progress"],
    properties: { progress: shared.refer(progress) },
  };
  return {
    [PROGRESS_LINES]: {
      schema: { oneOf: [between, last] },
      example: { progress: exampleOf(progress, "progress") },
    },
  };
}

function headersOf(route: Route): Record<string, object> {
  const rates = {
    "RateLimit-Limit": "RateLimitLimit",
    "RateLimit-Remaining": "RateLimitRemaining",
    "RateLimit-Reset": "RateLimitReset",
  };
  const names = { "X-Request-Id": "RequestId", ...(route.charged === true ? rates : {}) };
  return Object.fromEntries(Object.entries(names).map(([header, name]) => [header, headerRef(name)]));
}

function headerRef(name: string): object {
  return { $ref: `#/components/headers/${name}` };
}
