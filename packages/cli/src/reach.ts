import { StairwellNetworkError } from "@stairwell/client";

/** Of a connection that never came about. */
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]);

/** Runs work that calls a server. Where it cannot be reached, the error names its address and says what to do. */
export async function reaching<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new Error(
      `no server could be reached at ${url}${reason}. Start one with 'stairwell serve', or name it with --url or STAIRWELL_URL.`,
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof StairwellNetworkError && error.timedOut) return " in time";
  const code = codeIn(error);
  const isFetch = error instanceof TypeError && error.message === "fetch failed";
  const isNetwork = error instanceof StairwellNetworkError || isFetch || (code !== undefined && UNREACHED.has(code));
  if (!isNetwork) return undefined;
  return code === undefined ? "" : ` (${code})`;
}

/** Node wraps what a connection failed with, once or twice. */
function codeIn(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code !== undefined) return code;
  }
  return undefined;
}
