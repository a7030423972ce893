import { type Json, StairwellError } from "@stairwell/protocol";
import { type ItemResult, RESULT_SHAPES } from "@stairwell/protocol/federation";

/** What another server answers to a batch, if it has the right shape. `SW_FED_OUTCOME_UNKNOWN` where it has not. */
export function readResults(answer: Json, count: number): ItemResult[] {
  const results = (answer as { results?: unknown } | null)?.results;
  if (!Array.isArray(results) || results.length !== count) throw unreadable("it has not one result an item");
  for (const [i, result] of (results as unknown[]).entries()) {
    const status = (result as { status?: unknown } | null)?.status;
    const shape = typeof status === "string" ? RESULT_SHAPES.get(status) : undefined;
    const fault = shape === undefined ? { path: "/status", reason: "is unknown" } : shape(result, "");
    if (fault !== undefined) throw unreadable(`result ${i} is wrong at ${fault.path}: ${fault.reason}`);
  }
  return results as ItemResult[];
}

function unreadable(reason: string): StairwellError {
  return new StairwellError("SW_FED_OUTCOME_UNKNOWN", { message: `The answer cannot be read: ${reason}.` });
}
