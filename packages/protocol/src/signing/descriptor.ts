import { canonical } from "../canonical.ts";
import type { JsonObject } from "../json.ts";
import type { Introduction } from "./introduction.ts";
import type { ServerKey } from "./server-keys.ts";
import { timeText } from "./wire-time.ts";

/** The protocol between servers that this package speaks. */
export const PROTOCOL_VERSION = "v1";

/** A key with the word of an older one for it; null for the first, and where none could give it. */
export interface DescriptorKey extends ServerKey {
  readonly introducedBy: Introduction | null;
}

/** Who a server is (FD1). */
export interface Descriptor {
  readonly serverName: string;
  /** The program and its version, for people. */
  readonly software: { readonly name: string; readonly version: string };
  /** The key in use: one of `keys`. */
  readonly keyId: string;
  /** Every key ever used; none is ever removed. */
  readonly keys: readonly DescriptorKey[];
}

/** Where a server's federation calls are: always under its own name. */
export function federationEndpoint(serverName: string): string {
  return `https://${serverName}/_stairwell/federation/v1`;
}

/** What a server signs of its descriptor: the canonical form of all its members but the signature. */
export function signedDescriptorText({ serverName, software, keyId, keys }: Descriptor): string {
  const current = keys.find((key) => key.keyId === keyId);
  if (current === undefined) throw new Error("a descriptor without its own key");
  return canonical({
    server_name: serverName,
    software,
    protocol_versions: [PROTOCOL_VERSION],
    public_key: `ed25519:${current.publicKey}`,
    keys: keys.map(keyMember),
    endpoints: { federation: federationEndpoint(serverName) },
  } as JsonObject);
}

/** A descriptor as it is served, from the text that was signed and the base64 of the signature. */
export function descriptorText(signed: string, keyId: string, signature: string): string {
  const value = { key_id: keyId, alg: "ed25519", value: signature };
  return canonical({ ...(JSON.parse(signed) as JsonObject), signature: value });
}

function keyMember({ keyId, publicKey, validFrom, validUntil, revokedAt, introducedBy }: DescriptorKey): JsonObject {
  return {
    key_id: keyId,
    public_key: `ed25519:${publicKey}`,
    valid_from: timeText(validFrom),
    valid_until: validUntil === null ? null : timeText(validUntil),
    revoked_at: revokedAt === null ? null : timeText(revokedAt),
    introduced_by: introducedBy === null ? null : { key_id: introducedBy.keyId, value: introducedBy.signature },
  };
}
