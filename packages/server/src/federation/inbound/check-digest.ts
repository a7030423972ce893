import { hash } from "node:crypto";
import { StairwellError } from "@stairwell/protocol";

/** Holds a body against the digest that was signed; neither is there, or both. `SW_FED_SIGNATURE`. */
export function checkDigest(digest: string | undefined, body: Buffer | null): void {
  if (digest === undefined && (body === null || body.length === 0)) return;
  if (digest !== undefined && hash("sha256", body ?? Buffer.alloc(0), "base64") === digest) return;
  throw new StairwellError("SW_FED_SIGNATURE", { message: "The body is not the one that was signed.", rule: "FD2" });
}
