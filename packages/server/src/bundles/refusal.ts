import { StairwellError } from "@stairwell/protocol";
import { BundleFault } from "@stairwell/protocol/bundle";

/** What is wrong with a bundle as its bringer is told: the entry, the reason, and where in the manifest (BU15, BU16). */
export function bundleRefusal(error: unknown): unknown {
  if (!(error instanceof BundleFault)) return error;
  const { entry, pointer, reason, isTooLarge } = error;
  return new StairwellError(isTooLarge ? "SW_BUNDLE_TOO_LARGE" : "SW_BUNDLE_INVALID", {
    rule: isTooLarge ? "BU16" : "BU15",
    message: error.message,
    details: { entry, reason, ...(pointer !== undefined && { pointer }) },
    cause: error,
  });
}
