import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { BundleFault, type BundleRoom, MANIFEST } from "@stairwell/protocol/bundle";
import { inspectBundle, type Inspected } from "./inspect.ts";
import { BUNDLE_LIMITS } from "./limits.ts";
import type { KnownKey } from "./signature.ts";
import { Archive } from "./zip/archive.ts";

export interface VerifyBundleOptions {
  /** The 32 bytes of the public key that it must be signed with, base64. */
  readonly key?: string | undefined;
  /** Told at each event, once the number of all is known. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Checks all of a bundle that lies in a file: structure, hashes, chain, counts, media and signature, in little memory and
 * without asking anybody. Throws `BundleFault` with the first thing that is wrong, and the system's error where the file
 * cannot be read.
 */
export async function verifyBundle(path: string, { key, onProgress }: VerifyBundleOptions = {}): Promise<Inspected> {
  const file = await open(path);
  try {
    return await inspect(file, key, onProgress);
  } finally {
    await file.close();
  }
}

async function inspect(
  file: FileHandle,
  key: string | undefined,
  onProgress: VerifyBundleOptions["onProgress"],
): Promise<Inspected> {
  const archive = await Archive.open(file, (await file.stat()).size, BUNDLE_LIMITS);
  let room: BundleRoom | undefined;
  let done = 0;
  const found = await inspectBundle(archive, BUNDLE_LIMITS, keyFor(key), (checked) => {
    if (checked.key === "room") room = checked.value;
    if (checked.key === "events") onProgress?.(++done, room!.head);
  });
  if (key !== undefined && found.signature === "absent") throw signatureFault("is missing");
  return found;
}

/** One who names a key wants that one and no other. */
function keyFor(key: string | undefined): KnownKey {
  return async (_serverName, keyId) => {
    const given = key === undefined ? undefined : keyIdOf(key);
    if (given !== undefined && given !== keyId) throw signatureFault(`is of the key ${keyId}, not of ${given}`);
    return key;
  };
}

function keyIdOf(publicKey: string): string {
  return `ed25519-${createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").slice(0, 8)}`;
}

function signatureFault(reason: string): BundleFault {
  return new BundleFault(MANIFEST, reason, { pointer: "/signature" });
}
