import { StairwellNetworkError } from "@stairwell/client";

/** Of a connection that never came about. */
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]);

/** Of a connection that came about, and ended. */
const CUT = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** Runs work that calls a server. Where no answer comes, the error names its address and says what to do. */
export async function reaching<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    if (CUT.has(codeIn(error) ?? "")) {
      throw new Error(`${url} ended the connection before it had answered: see what was done before you try it again`, {
        cause: error,
      });
    }
    const advice = tlsAdvice(error) ?? "Start one with 'stairwell serve', or name it with --url or STAIRWELL_URL.";
    throw new Error(`no server could be reached at ${url}${reason}. ${advice}`, { cause: error });
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

/** What to do where somebody answers, whom TLS does not come to terms with. */
function tlsAdvice(error: unknown): string | undefined {
  const code = codeIn(error) ?? "";
  if (code.startsWith("ERR_SSL_")) return "What answers there speaks no TLS: should the address begin with http://?";
  if (!/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_/.test(code)) return undefined;
  return "This machine does not trust its certificate: name that of who signed it in NODE_EXTRA_CA_CERTS.";
}

/** Node wraps what a connection failed with, once or twice. */
function codeIn(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code !== undefined) return code;
  }
  return undefined;
}
