import { StairwellError } from "../errors.ts";
import type { SignatureParams } from "./signature-fields.ts";

/** A signature is good for so many seconds at the most. */
export const SIGNATURE_LIFE_S = 60;
/** So far two servers' clocks may be apart. */
export const CLOCK_SKEW_MS = 60_000;

/**
 * Whether a signature was made lately and is not over. `now`: Unix milliseconds by our clock. `SW_FED_SIGNATURE`
 * otherwise, which says how far apart the clocks are (FD2).
 */
export function checkTimes({ created, expires }: Pick<SignatureParams, "created" | "expires">, now: number): void {
  if (expires <= created || expires - created > SIGNATURE_LIFE_S) {
    throw refused(`A signature expires 1 to ${SIGNATURE_LIFE_S} seconds after it was created.`);
  }
  const ahead = created * 1000 - now;
  if (Math.abs(ahead) > CLOCK_SKEW_MS) {
    const seconds = Math.abs(Math.round(ahead / 1000));
    throw new StairwellError("SW_FED_SIGNATURE", {
      message:
        `The signature was created ${seconds} s ${ahead > 0 ? "after" : "before"} our time; ` +
        `clocks may be ${CLOCK_SKEW_MS / 1000} s apart.`,
      rule: "FD2",
      details: { skew_seconds: Math.round(ahead / 1000), now: Math.floor(now / 1000) },
    });
  }
  if (now >= expires * 1000) throw refused("The signature has expired.");
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message, rule: "FD2" });
}
