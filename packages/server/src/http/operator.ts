import { hash, timingSafeEqual } from "node:crypto";
import { StairwellError } from "@stairwell/protocol";

/** Throws `SW_AUTH_INVALID_TOKEN` unless a credential is the operator's. */
export type OperatorCheck = (credential: string) => void;

/**
 * Compares credentials with the operator's token, in the same time whatever they have in common. Without a token nobody
 * is the operator, and every credential is a wrong one.
 */
export function operatorCheck(token: string | null): OperatorCheck {
  const expected = token === null ? undefined : hash("sha256", token, "buffer");
  return (credential) => {
    if (expected !== undefined && timingSafeEqual(hash("sha256", credential, "buffer"), expected)) return;
    throw new StairwellError("SW_AUTH_INVALID_TOKEN");
  };
}
