import { randomBytes } from "node:crypto";

/** Marks an access token, so that leaked ones can be found by tools. */
export const TOKEN_PREFIX = "swt_";
const RANDOM_BYTES = 24;

/** A new access token: 192 random bits. It is shown once; only its SHA-256 is kept. */
export function newAccessToken(): string {
  return TOKEN_PREFIX + randomBytes(RANDOM_BYTES).toString("base64url");
}
