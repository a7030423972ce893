import { CLOCK_SKEW_MS } from "./signature-times.ts";

/** A key of a server, as it is published. Times are Unix milliseconds by that server's clock. */
export interface ServerKey {
  readonly keyId: string;
  /** The 32 bytes, base64. */
  readonly publicKey: string;
  readonly validFrom: number;
  /** Null for the one in use; a key that was rotated is good for 30 days more. */
  readonly validUntil: number | null;
  readonly revokedAt: number | null;
}

/** So long a key admits new things after another one took its place (FD1). */
export const OLD_KEY_MS = 30 * 24 * 60 * 60 * 1000;

export type KeyRefusal = "unknown" | "early" | "expired" | "revoked";
export type KeyStanding = { readonly key: ServerKey } | { readonly refusal: KeyRefusal };

/**
 * The key that may have signed something, by the id that it names (FD1), or why none may.
 *
 * `at`: when it was signed as far as can be trusted: now for a request or a new event, `hub_ts` for an event that a head
 * counter-signs. `seenAt`: when we first saw it. A date is no proof: what was first seen after a key was revoked is not
 * admitted by it, whatever date it bears; what was seen before stays.
 */
export function keyFor(keys: readonly ServerKey[], keyId: string, at: number, seenAt: number): KeyStanding {
  const key = keys.find((one) => one.keyId === keyId);
  if (key === undefined) return { refusal: "unknown" };
  if (key.revokedAt !== null && seenAt >= key.revokedAt) return { refusal: "revoked" };
  // A key is used as soon as it is made, by a clock that may be ahead of ours.
  if (at < key.validFrom - CLOCK_SKEW_MS) return { refusal: "early" };
  if (key.validUntil !== null && at >= key.validUntil) return { refusal: "expired" };
  return { key };
}
