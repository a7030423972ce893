import { StairwellError } from "@stairwell/protocol";

/** SQLite's primary result codes for a store that cannot take writes now (sqlite.org/rescode.html). */
const FULL = 13;
const UNABLE = new Set([
  5 /* BUSY */, 7 /* NOMEM */, 8 /* READONLY */, 10 /* IOERR */, 14 /* CANTOPEN */, 15 /* PROTOCOL */,
]);

/** What a fault of the store itself means to a caller; undefined for any other error. */
export function storeFault(error: unknown): StairwellError | undefined {
  const code = typeof error === "object" && error !== null && "errcode" in error ? Number(error.errcode) & 0xff : -1;
  if (code === FULL) return new StairwellError("SW_STORE_FULL", { cause: error });
  if (UNABLE.has(code)) {
    return new StairwellError("SW_UNAVAILABLE", {
      message: "The store cannot take writes now.",
      retryAfterSeconds: 1,
      cause: error,
    });
  }
  return undefined;
}
