import type { ErrorCode } from "@stairwell/protocol";

/** The code of a refusal; `UNREADABLE_ANSWER` when what came back was no answer of a Stairwell server. */
export type RefusalCode = ErrorCode | "UNREADABLE_ANSWER";

/** The server answered, and refused. */
export class StairwellApiError extends Error {
  override readonly name = "StairwellApiError";
  readonly status: number;
  readonly code: RefusalCode;
  /** What is wrong with the request, or more about the refusal. */
  readonly details: unknown;
  /** The rule that refused, for 403 and 409. */
  readonly rule: string | undefined;
  /** Power that would have been enough, and what the caller has. */
  readonly needed: number | undefined;
  readonly actual: number | undefined;
  readonly requestId: string | null;
  /** Seconds after which a repeat may succeed, if the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: unknown, requestId: string | null, retryAfterSeconds: number | undefined) {
    const error = refusalIn(body);
    super(error?.message ?? `the server answered ${status} without a readable reason`);
    this.status = status;
    this.code = error?.code ?? "UNREADABLE_ANSWER";
    this.details = error?.details;
    this.rule = error?.rule;
    this.needed = error?.needed;
    this.actual = error?.actual;
    this.requestId = error?.request_id ?? requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer came: the network failed, or the time was over. Whether the request took effect is not known. */
export class StairwellNetworkError extends Error {
  override readonly name = "StairwellNetworkError";
  /** Whether it was the time. */
  readonly timedOut: boolean;

  constructor(cause: unknown, timedOut: boolean) {
    super(timedOut ? "the server did not answer in time" : "the server could not be reached", { cause });
    this.timedOut = timedOut;
  }
}

/** The live stream ended for good: the credential was revoked or expired, or whoever it was of may not come back. */
export class StairwellStreamError extends Error {
  override readonly name = "StairwellStreamError";
  /** What the server closed it with. */
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason === "" ? `the server ended the stream with ${code}` : `the server ended the stream: ${reason}`);
    this.code = code;
  }
}

interface Refusal {
  code: ErrorCode;
  message: string;
  details?: unknown;
  rule?: string;
  needed?: number;
  actual?: number;
  request_id?: string;
}

function refusalIn(body: unknown): Refusal | undefined {
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? (error as Refusal) : undefined;
}
