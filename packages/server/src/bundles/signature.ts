import { BundleFault, type BundleSignature, MANIFEST, signedText } from "@stairwell/protocol/bundle";
import { verifyEd25519 } from "../lib/ed25519.ts";

export type SignatureStanding = "verified" | "unverified" | "absent";

/** The 32 bytes of a server's public key by its id, base64; undefined for one that is not known. */
export type KnownKey = (serverName: string, keyId: string) => Promise<string | undefined>;

/** Whether a manifest is signed by whom it says. `BundleFault` where it is not, and the key is known (BU15). */
export async function checkSignature(
  signature: BundleSignature | undefined,
  { serverName, sha256 }: { serverName: string; sha256: string },
  knownKey: KnownKey,
): Promise<SignatureStanding> {
  if (signature === undefined) return "absent";
  const key = await knownKey(serverName, signature.key_id);
  if (key === undefined) return "unverified";
  const isRight = verifyEd25519(key, signedText(sha256), signature.value);
  if (!isRight) throw new BundleFault(MANIFEST, "is not what its signature was made of", { pointer: "/signature" });
  return "verified";
}
