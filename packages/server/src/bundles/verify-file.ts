import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { BUNDLE_LIMITS, BundleFault, type BundleLimits, MANIFEST } from "@stairwell/protocol/bundle";
import { inspectBundle, type Inspected } from "./inspect.ts";
import type { KnownKey } from "./signature.ts";
import { Archive } from "./zip/archive.ts";

export interface VerifyBundleOptions {
  /** Public keys by one of which it must be signed, their 32 bytes in base64; unless given, any signature will do. */
  readonly keys?: readonly string[] | undefined;
  readonly limits?: BundleLimits | undefined;
  /** Told how many bytes were unpacked so far, and of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Checks all of a bundle that lies in a file: structure, hashes, chain, counts, media and signature, in little memory and
 * without asking anybody. Throws `BundleFault` with the first thing that is wrong, and the system's error where the file
 * cannot be read.
 */
export async function verifyBundle(path: string, options: VerifyBundleOptions = {}): Promise<Inspected> {
  const file = await open(path);
  try {
    return await inspect(file, options);
  } finally {
    await file.close();
  }
}

async function inspect(
  file: FileHandle,
  { keys, limits = BUNDLE_LIMITS, onProgress }: VerifyBundleOptions,
): Promise<Inspected> {
  const found = await file.stat();
  if (!found.isFile()) throw new BundleFault("", "is a folder, or no file at all: a bundle is read from its end");
  const { size } = found;
  if (size > limits.bytes) throw new BundleFault("", `is larger than ${limits.bytes} bytes`, { isTooLarge: true });
  const archive = await Archive.open(file, size, limits, onProgress);
  const inspected = await inspectBundle(archive, limits, keyFrom(keys));
  if (keys !== undefined && inspected.signature === "absent") throw signatureFault("is missing");
  return inspected;
}

/** One who names keys wants those and no other. */
function keyFrom(keys: readonly string[] | undefined): KnownKey {
  const given = new Map(keys?.map((key) => [keyIdOf(key), key]));
  return async (_serverName, keyId) => {
    const key = given.get(keyId);
    if (key === undefined && keys !== undefined) {
      throw signatureFault(`is of the key ${keyId}, not of ${[...given.keys()].join(" or ")}`);
    }
    return key;
  };
}

function keyIdOf(publicKey: string): string {
  return `ed25519-${createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").slice(0, 8)}`;
}

function signatureFault(reason: string): BundleFault {
  return new BundleFault(MANIFEST, reason, { pointer: "/signature" });
}
