import { StairwellError } from "@stairwell/protocol";
import { HeldPlaces, OwnPlaces } from "../nodes/index.ts";

const RETRY_SECONDS = 2;

/**
 * Who is uploading a file, at the most so many each: what comes lies on the disk before it is known whether it fits.
 * Counted on this node alone, as it is this one's disk. `SW_RATE_LIMIT_EXCEEDED` when all of somebody's places are taken.
 */
export function uploadPlaces(most: number): HeldPlaces {
  return new HeldPlaces(
    new OwnPlaces(),
    "upload",
    { tenant: Infinity, participant: most },
    () =>
      new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
        message: `You are uploading ${most} files, as many as one person may at one time; try again when one is there.`,
        details: { max_uploads: most },
        retryAfterSeconds: RETRY_SECONDS,
      }),
  );
}
