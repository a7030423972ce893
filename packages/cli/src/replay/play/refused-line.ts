import type { StairwellApiError } from "@stairwell/client";
import type { Step } from "../plan/plan.ts";

/** The server refused a line. */
export class RefusedLine extends Error {
  override readonly name = "RefusedLine";

  constructor({ line, act }: Step, refusal: StairwellApiError) {
    const rule = refusal.rule === undefined ? "" : `, rule ${refusal.rule}`;
    super(`line ${line.number}: the ${act} of ${line.nick} was refused: ${refusal.message} (${refusal.code}${rule})`, {
      cause: refusal,
    });
  }
}
