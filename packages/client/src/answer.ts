import { parseJson } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import type { Answer } from "./call.ts";
import { StairwellApiError } from "./errors.ts";
import { retryAfterOf } from "./retry.ts";

/** What a server answered, from its head and its whole text. `StairwellApiError` for a refusal. */
export function answerOf(response: Response, text: string): Answer<Route> {
  const { status, headers } = response;
  const body = parsed(text);
  if (!response.ok || typeof body !== "object" || body === null || !("data" in body)) throw refusalOf(response, text);
  const { data, meta } = body as { data: Answer<Route>["data"]; meta?: Answer<Route>["meta"] };
  return {
    data,
    meta: meta!,
    status,
    requestId: headers.get("x-request-id"),
    replayed: headers.get("idempotency-replayed") === "true",
  };
}

/** An answer that is none of those that were hoped for. */
export function refusalOf({ status, headers }: Response, text: string): StairwellApiError {
  const retryAfter = retryAfterOf(headers.get("retry-after"), Date.now());
  return new StairwellApiError(status, parsed(text), headers.get("x-request-id"), retryAfter);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
