import { type Json, StairwellError } from "@stairwell/protocol";
import { BACKFILL_SHAPE, type SignedHead, type WireEvent } from "@stairwell/protocol/federation";

/** What a hub answers to backfill, if it has the right shape. `SW_FED_PEER_UNREACHABLE` where it has not. */
export function readBackfill(answer: Json): { events: readonly WireEvent[]; head: SignedHead | null } {
  const fault = BACKFILL_SHAPE(answer, "");
  if (fault === undefined) return answer as unknown as { events: WireEvent[]; head: SignedHead | null };
  throw new StairwellError("SW_FED_PEER_UNREACHABLE", {
    message: `The answer is wrong at ${fault.path}: ${fault.reason}.`,
  });
}
