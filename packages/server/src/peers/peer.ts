import type { ServerKey } from "@stairwell/protocol/signing";

/** Another server, as a tenant has seen it. Times are Unix milliseconds. */
export interface Peer {
  readonly serverName: string;
  /** Pinned: nothing is verified by any other. Empty before its descriptor was ever seen. */
  readonly keys: readonly ServerKey[];
  /** A public key (base64) that an administrator vouches for, until a descriptor is signed by it. */
  readonly trustedKey: string | null;
  /** Why the keys it offers now are not taken; null while all is well. */
  readonly keyFault: string | null;
  readonly firstSeen: number;
  /** When its descriptor was last found right. */
  readonly refreshedAt: number | null;
  /** Why the last try to fetch it failed; null after one that did not. */
  readonly lastError: string | null;
}
