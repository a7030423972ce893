import { StairwellError } from "@stairwell/protocol";
import { HeldPlaces, type Places } from "../nodes/index.ts";

/** So many bundles a tenant may be bringing at once (BU16), whoever brings them. */
const MOST = { tenant: 2, participant: 2 } as const;
const RETRY_SECONDS = 5;

/** Who is bringing a bundle. `SW_RATE_LIMIT_EXCEEDED` when all places are taken. */
export function importPlaces(places: Places): HeldPlaces {
  return new HeldPlaces(
    places,
    "import",
    MOST,
    () =>
      new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
        message: `At the most ${MOST.tenant} bundles are brought at one time; try again when one is there.`,
        rule: "BU16",
        retryAfterSeconds: RETRY_SECONDS,
      }),
  );
}
