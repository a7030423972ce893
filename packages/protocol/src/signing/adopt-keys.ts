import type { DescriptorKey } from "./descriptor.ts";
import { introductionText } from "./introduction.ts";
import type { ServerKey } from "./server-keys.ts";
import type { VerifyEd25519 } from "./verify.ts";

export type Adopted = { readonly keys: readonly ServerKey[] } | { readonly fault: string };

/**
 * What becomes of the keys we have pinned for a server when its descriptor offers these (FD3). Without pinned ones all
 * are taken: that is the first sight. Later a key may end earlier or be revoked, never the reverse; none may go or
 * change; and a new one needs the word of one that we have and that is not revoked. `fault` says what is not so: nothing
 * is taken then, and what is pinned stays.
 */
export function adoptKeys(
  serverName: string,
  pinned: readonly ServerKey[],
  offered: readonly DescriptorKey[],
  verify: VerifyEd25519,
): Adopted {
  if (pinned.length === 0) return { keys: offered.map(pinnable) };
  for (const key of pinned) {
    const fault = changeOf(
      key,
      offered.find(({ keyId }) => keyId === key.keyId),
    );
    if (fault !== undefined) return { fault };
  }
  const known = new Map(offered.flatMap((key) => (pinned.some(isKey(key)) ? [[key.keyId, key]] : [])));
  let strangers = offered.filter((key) => !known.has(key.keyId));
  while (strangers.length > 0) {
    // Each is looked at once, right after whoever introduces it: a chain of many costs no more than as many signatures.
    const next = strangers.filter(({ introducedBy }) => introducedBy !== null && known.has(introducedBy.keyId));
    const stray = next.length === 0 ? strangers[0] : next.find((key) => !isIntroduced(serverName, key, known, verify));
    if (stray !== undefined) return { fault: `no key that we know introduces ${stray.keyId}` };
    for (const key of next) known.set(key.keyId, key);
    strangers = strangers.filter((key) => !known.has(key.keyId));
  }
  return { keys: offered.map(pinnable) };
}

/**
 * The pinned keys with what a descriptor that is not taken revokes of them: a word that only takes away needs nobody's word
 * for the keys beside it. The same array where it revokes none.
 */
export function revokedIn(pinned: readonly ServerKey[], offered: readonly DescriptorKey[]): readonly ServerKey[] {
  let isAny = false;
  const keys = pinned.map((key) => {
    const { revokedAt } = offered.find((other) => isSame(key, other)) ?? key;
    if (revokedAt === null || (key.revokedAt !== null && key.revokedAt <= revokedAt)) return key;
    isAny = true;
    return { ...key, revokedAt };
  });
  return isAny ? keys : pinned;
}

function isSame(pinned: ServerKey, { keyId, publicKey, validFrom }: DescriptorKey): boolean {
  return keyId === pinned.keyId && publicKey === pinned.publicKey && validFrom === pinned.validFrom;
}

function changeOf(pinned: ServerKey, offered: DescriptorKey | undefined): string | undefined {
  const { keyId } = pinned;
  if (offered === undefined) return `the key ${keyId} is no longer listed`;
  if (offered.publicKey !== pinned.publicKey || offered.validFrom !== pinned.validFrom) {
    return `the key ${keyId} is not what it was`;
  }
  if (endsLater(pinned.validUntil, offered.validUntil)) return `the key ${keyId} ends later than it did`;
  if (endsLater(pinned.revokedAt, offered.revokedAt)) return `the key ${keyId} is no longer revoked since then`;
  return undefined;
}

function endsLater(before: number | null, now: number | null): boolean {
  return before !== null && (now === null || now > before);
}

function isIntroduced(
  serverName: string,
  key: DescriptorKey,
  known: ReadonlyMap<string, DescriptorKey>,
  verify: VerifyEd25519,
): boolean {
  const elder = key.introducedBy === null ? undefined : known.get(key.introducedBy.keyId);
  if (elder === undefined || elder.revokedAt !== null) return false;
  // A key that is over may not make new ones; one that it made while it was in use stays.
  if (elder.validUntil !== null && key.validFrom >= elder.validUntil) return false;
  return verify(elder.publicKey, introductionText(serverName, key), key.introducedBy!.signature);
}

function pinnable({ keyId, publicKey, validFrom, validUntil, revokedAt }: DescriptorKey): ServerKey {
  return { keyId, publicKey, validFrom, validUntil, revokedAt };
}

function isKey({ keyId }: ServerKey): (other: ServerKey) => boolean {
  return (other) => other.keyId === keyId;
}
