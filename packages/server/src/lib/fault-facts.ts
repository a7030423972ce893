import { StairwellError } from "@stairwell/protocol";

/**
 * What a line of the log says of a fault that is another server's: code, reason, and what the connection or the system
 * said of it. Where the fault is ours, the error itself, which is written with its stack.
 */
export function faultFacts(error: unknown): { code: string; reason: string; cause?: string } | { err: unknown } {
  if (!(error instanceof StairwellError)) return { err: error };
  const { code, message: reason } = error;
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  if (innermost === error || !(innermost instanceof Error)) return { code, reason };
  return { code, reason, cause: innermost.message };
}
