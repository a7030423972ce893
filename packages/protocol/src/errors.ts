/**
 * The one table of errors: code, HTTP status, and what it means to the caller.
 * Domain code throws codes and knows no HTTP; `docs/errors.md` and this table are held together by a test.
 */
export const ERRORS = {
  SW_REQUEST_INVALID: { status: 400, message: "The request is not valid." },
  SW_NOT_FOUND: { status: 404, message: "There is no such route." },
  SW_METHOD_NOT_ALLOWED: { status: 405, message: "This route does not take that method." },
  SW_UNSUPPORTED_MEDIA_TYPE: { status: 415, message: "Send the body as application/json." },
  SW_AUTH_INVALID_TOKEN: { status: 401, message: "A valid access token is needed." },
  SW_AUTH_EXPIRED_TOKEN: { status: 401, message: "The access token has expired." },
  SW_AUTH_INSUFFICIENT_PERMISSION: { status: 403, message: "This credential may not do that." },
  SW_TENANT_NOT_FOUND: { status: 404, message: "There is no such tenant." },
  SW_TENANT_CAPACITY: { status: 409, message: "The tenant has reached a limit." },
  SW_ROOM_NOT_FOUND: { status: 404, message: "There is no such room." },
  SW_ROOM_FORBIDDEN: { status: 403, message: "You may not do that in this room." },
  SW_ROOM_FROZEN: { status: 409, message: "The room is archived or closed." },
  SW_ROOM_CAPACITY: { status: 409, message: "The room is full." },
  SW_ROOM_TYPE_INVARIANT: { status: 400, message: "A room of this type cannot do that." },
  SW_ROOM_EXPORT_REFUSED: { status: 400, message: "This room cannot be exported." },
  SW_ROOM_IMPORT_REFUSED: { status: 400, message: "This bundle cannot be imported." },
  SW_ROOM_LAST_ADMIN: { status: 409, message: "The room would be left without an admin." },
  SW_MEMBER_STATE: { status: 409, message: "The member is not in a state for that." },
  SW_BUNDLE_INVALID: { status: 422, message: "The bundle is not valid." },
  SW_BUNDLE_TOO_LARGE: { status: 413, message: "The bundle is too large." },
  SW_PARTICIPANT_NOT_FOUND: { status: 404, message: "There is no such participant." },
  SW_EVENT_NOT_FOUND: { status: 404, message: "There is no such event." },
  SW_EVENT_CAPACITY: { status: 409, message: "The event has as many different reactions as it can." },
  SW_EVENT_TOO_OLD_TO_EDIT: { status: 409, message: "The event is too old to edit." },
  SW_EDIT_FORBIDDEN: { status: 403, message: "You may not edit this event." },
  SW_REDACT_FORBIDDEN: { status: 403, message: "You may not redact this event." },
  SW_CONTENT_TOO_LARGE: { status: 413, message: "The content is too large." },
  SW_RATE_LIMIT_EXCEEDED: { status: 429, message: "Too many requests; try again later." },
  SW_MEDIA_NOT_FOUND: { status: 404, message: "There is no such media." },
  SW_WORKSPACE_NOT_FOUND: { status: 404, message: "There is no such workspace." },
  SW_WORKSPACE_FORBIDDEN: { status: 403, message: "You may not do that in this workspace." },
  SW_WORKSPACE_NEEDS_OWNER: { status: 409, message: "The workspace would be left without an owner." },
  SW_WORKSPACE_SLUG_TAKEN: { status: 409, message: "Another workspace has this slug." },
  SW_WORKSPACE_NOT_EMPTY: { status: 409, message: "The workspace still has rooms." },
  SW_IDEMPOTENCY_CONFLICT: { status: 409, message: "The key was used for another request." },
  SW_FED_PEER_UNKNOWN: { status: 403, message: "The peer is not known." },
  SW_FED_POLICY: { status: 403, message: "Federation policy refuses this." },
  SW_FED_SIGNATURE: { status: 401, message: "The signature is not valid." },
  SW_FED_PROTOCOL_VERSION: { status: 400, message: "The protocol version is not supported." },
  SW_FED_NOT_FEDERATED: { status: 409, message: "The room is not federated." },
  SW_FED_PEER_UNREACHABLE: { status: 502, message: "The other server could not be reached." },
  SW_FED_OUTCOME_UNKNOWN: { status: 504, message: "The other server did not answer; the outcome is not known yet." },
  SW_STORE_FULL: { status: 507, message: "The store is full." },
  SW_UNAVAILABLE: { status: 503, message: "The server cannot take this now; try again." },
  SW_INTERNAL: { status: 500, message: "Something went wrong on the server." },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One thing wrong with a request: a JSON pointer to the place, and why. */
export interface Fault {
  path: string;
  reason: string;
}

/** What a refusal may add to its code: never data of an object the caller cannot see (AP2). */
export interface ErrorDetails {
  /** Says more than the table's text; must not repeat what the caller sent. */
  message?: string;
  details?: readonly Fault[] | Readonly<Record<string, unknown>>;
  /** The rule that refused, for 403 and 409 (AP5). */
  rule?: string;
  /** Power that would have been enough, and what the caller has (AP5). */
  needed?: number;
  actual?: number;
  /** Seconds after which a repeat may succeed; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** The only error that domain code throws on purpose. */
export class StairwellError extends Error {
  override readonly name = "StairwellError";
  readonly code: ErrorCode;
  readonly info: ErrorDetails;

  constructor(code: ErrorCode, info: ErrorDetails = {}) {
    super(info.message ?? ERRORS[code].message, info.cause === undefined ? undefined : { cause: info.cause });
    this.code = code;
    this.info = info;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** A 400 that points at what is wrong. */
export function invalid(path: string, reason: string): StairwellError {
  return new StairwellError("SW_REQUEST_INVALID", { details: [{ path, reason }] });
}

/** The wire body of an error. */
export function errorBody(error: StairwellError, requestId: string): { error: Record<string, unknown> } {
  const { details, rule, needed, actual } = error.info;
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(details === undefined ? {} : { details }),
      ...(rule === undefined ? {} : { rule }),
      ...(needed === undefined ? {} : { needed }),
      ...(actual === undefined ? {} : { actual }),
      request_id: requestId,
    },
  };
}
