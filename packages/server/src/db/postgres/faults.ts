import { StairwellError } from "@stairwell/protocol";

/** SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html), or Node's code of a failed connection. */
function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

const FULL = "53100";
/** Whole classes: connection, resources, the operator steps in, system errors; and who may not sign in any more. */
const UNABLE_CLASSES = ["08", "53", "57", "58", "28"];
const UNABLE = new Set([
  "25006" /* read only */,
  "25P03" /* idle too long */,
  "55P03" /* lock */,
  "3D000" /* no database */,
]);
/** Of Node and of the driver; the driver gives most of its own errors no code. */
const LOST_CODES = /^(?:E[A-Z_]+|08\w{3}|57P0[1-5]|25P03)$/;
const LOST_WORDS =
  /^(?:Connection terminated|Client (?:has encountered|was closed)|Query read timeout|timeout expired)/;
const AGAIN = new Set(["40001" /* serialization */, "40P01" /* deadlock */]);

/** The transaction met others in a way that another attempt may not. */
export function isConflict(error: unknown): boolean {
  return AGAIN.has(codeOf(error));
}

/** The connection is gone, and with it every transaction that was not committed. */
export function isLost(error: unknown): boolean {
  return LOST_CODES.test(codeOf(error)) || (error instanceof Error && LOST_WORDS.test(error.message));
}

/** The server has said nothing for longer than it is waited for: it may be gone without a word. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Query read timeout");
}

/** What a fault of the store itself means to a caller; undefined for any other error. */
export function postgresFault(error: unknown): StairwellError | undefined {
  const code = codeOf(error);
  if (code === FULL) return new StairwellError("SW_STORE_FULL", { cause: error });
  if (isLost(error) || isConflict(error) || UNABLE.has(code) || UNABLE_CLASSES.includes(code.slice(0, 2))) {
    return unavailable(error);
  }
  return undefined;
}

/** The store cannot answer now; the next attempt may be answered. */
export function unavailable(cause: unknown): StairwellError {
  return new StairwellError("SW_UNAVAILABLE", {
    message: "The store cannot be reached now.",
    retryAfterSeconds: 1,
    cause,
  });
}
