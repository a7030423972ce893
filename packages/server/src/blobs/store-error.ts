import { StairwellError } from "@stairwell/protocol";

/** A full disk by the name that callers know it by. */
export function storeError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new StairwellError("SW_STORE_FULL", { cause: error });
}
