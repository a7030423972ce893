import { type ErrorCode, ERRORS } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import { schemaRef } from "./shared-schemas.ts";

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** Every refusal that a call can answer: its own, and those that the door adds. */
export function errorCodesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(["SW_REQUEST_INVALID", "SW_INTERNAL", "SW_UNAVAILABLE", ...route.errors]);
  const add = (...more: ErrorCode[]): void => more.forEach((code) => codes.add(code));
  if (route.access !== "open") {
    add("SW_AUTH_INVALID_TOKEN", "SW_AUTH_EXPIRED_TOKEN", "SW_AUTH_INSUFFICIENT_PERMISSION", "SW_RATE_LIMIT_EXCEEDED");
  }
  if (route.body !== undefined || route.form !== undefined) add("SW_CONTENT_TOO_LARGE", "SW_UNSUPPORTED_MEDIA_TYPE");
  if (route.method !== "GET") add("SW_STORE_FULL");
  if (asksAnotherHub(route)) add("SW_FED_PEER_UNREACHABLE", "SW_FED_OUTCOME_UNKNOWN");
  if (takesIdempotencyKey(route)) add("SW_IDEMPOTENCY_CONFLICT");
  return CODES.filter((code) => codes.has(code));
}

/** What changes a room, which another server may order (FD13). */
function asksAnotherHub({ method, path, access }: Route): boolean {
  return access === "write" && method !== "GET" && path.startsWith("/v1/rooms/{room_id}/");
}

export function takesIdempotencyKey(route: Route): boolean {
  return route.method === "POST" && route.access !== "open";
}

/** The failure responses of a call, by status. */
export function errorResponses(route: Route, headers: Record<string, object>): Record<string, object> {
  const byStatus = Map.groupBy(errorCodesOf(route), (code) => ERRORS[code].status);
  const responses = [...byStatus].map(([status, codes]) => [String(status), responseOf(route, status, codes, headers)]);
  return Object.fromEntries(responses) as Record<string, object>;
}

function responseOf(
  route: Route,
  status: number,
  codes: readonly ErrorCode[],
  headers: Record<string, object>,
): object {
  const headerRef = (name: string): object => ({ $ref: `#/components/headers/${name}` });
  return {
    description: codes.map((code) => `\`${code}\`: ${messageOf(code, route)}`).join("  \n"),
    headers: {
      ...headers,
      ...(status === 401 ? { "WWW-Authenticate": headerRef("WwwAuthenticate") } : {}),
      ...(status === 429 || status === 503 ? { "Retry-After": headerRef("RetryAfter") } : {}),
    },
    content: {
      "application/json": {
        schema: schemaRef("Error"),
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

function messageOf(code: ErrorCode, { form }: Route): string {
  if (code === "SW_UNSUPPORTED_MEDIA_TYPE" && form !== undefined) return "Send the body as multipart/form-data.";
  return ERRORS[code].message;
}

/** One example for each code that some call answers. */
export function errorExamples(routes: readonly Route[]): Record<string, object> {
  const used = new Set(routes.flatMap(errorCodesOf));
  const examples = CODES.filter((code) => used.has(code)).map((code) => {
    const { status, message } = ERRORS[code];
    const details = code === "SW_REQUEST_INVALID" ? { details: [{ path: "/name", reason: "is required" }] } : {};
    const rule = status === 403 || status === 409 ? { rule: RULES[code] ?? "AP1" } : {};
    return [
      code,
      { summary: message, value: { error: { code, message, ...details, ...rule, request_id: "5d1f0a7d11c0-4q" } } },
    ];
  });
  return Object.fromEntries(examples) as Record<string, object>;
}

/** A rule that refuses with the code, where it is typical. */
const RULES: Partial<Record<ErrorCode, string>> = {
  SW_AUTH_INSUFFICIENT_PERMISSION: "AU2",
  SW_EDIT_FORBIDDEN: "EV3",
  SW_EVENT_CAPACITY: "EV5",
  SW_EVENT_TOO_OLD_TO_EDIT: "EV3",
  SW_IDEMPOTENCY_CONFLICT: "AP6",
  SW_MEMBER_STATE: "MB12",
  SW_REDACT_FORBIDDEN: "EV4",
  SW_ROOM_CAPACITY: "MB18",
  SW_ROOM_FORBIDDEN: "MB12",
  SW_ROOM_FROZEN: "LC1",
  SW_ROOM_LAST_ADMIN: "PL3",
  SW_WORKSPACE_FORBIDDEN: "LC7",
};

export function errorSchema(): object {
  const fault = {
    type: "object",
    required: ["path", "reason"],
    properties: {
      path: {
        type: "string",
        description: "A JSON pointer into the body, `?key` of the query, or the name of a header.",
      },
      reason: { type: "string" },
    },
  };
  return {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message", "request_id"],
        properties: {
          code: { type: "string", enum: CODES, description: "Stable; decide by it." },
          message: { type: "string", description: "For people; may change." },
          details: {
            anyOf: [
              { type: "array", items: fault },
              { type: "object", additionalProperties: true },
            ],
          },
          rule: { type: "string", description: "The rule that refused, of 403 and 409." },
          needed: { type: "integer", description: "The power level that would do." },
          actual: { type: "integer", description: "The power level that the caller has." },
          request_id: { type: "string" },
        },
      },
    },
  };
}
