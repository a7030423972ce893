import { canonical } from "../canonical.ts";
import { timeText } from "./wire-time.ts";
import type { ServerKey } from "./server-keys.ts";

/** An older key's word for a newer one. */
export interface Introduction {
  readonly keyId: string;
  /** Base64 of the 64 bytes. */
  readonly signature: string;
}

/** What an older key signs to introduce a newer one of the same server (FD3). */
export function introductionText(
  serverName: string,
  { keyId, publicKey, validFrom }: Pick<ServerKey, "keyId" | "publicKey" | "validFrom">,
): string {
  return canonical({
    format: "stairwell.key-introduction",
    key_id: keyId,
    public_key: `ed25519:${publicKey}`,
    server_name: serverName,
    valid_from: timeText(validFrom),
    version: 1,
  });
}
