import { createHash, hash } from "node:crypto";
import {
  BundleFault,
  type BundleCounts,
  type BundleMedium,
  type Checked,
  MANIFEST,
  type ManifestHead,
  mediaEntry,
  type Omission,
  type BundleLimits,
} from "@stairwell/protocol/bundle";
import { readManifest } from "./read-manifest.ts";
import { checkSignature, type KnownKey, type SignatureStanding } from "./signature.ts";
import type { Archive } from "./zip/archive.ts";

/** Media up to this many bytes are read at once: a stream costs more than they do. */
export const SMALL_BYTES = 1024 * 1024;

/** What a bundle has, once all of it was found right. */
export interface Inspected {
  readonly head: ManifestHead;
  readonly counts: BundleCounts;
  readonly media: ReadonlyMap<string, BundleMedium>;
  readonly omitted: readonly Omission[];
  readonly signature: SignatureStanding;
}

/**
 * Reads a whole bundle: structure, every event, every medium, counts and the signature (BU15), in little memory. `look`
 * sees the manifest's parts as they are found right. `BundleFault` at the first thing that is wrong.
 */
export async function inspectBundle(
  archive: Archive,
  limits: BundleLimits,
  knownKey: KnownKey,
  look: (checked: Checked) => void | Promise<void> = () => {},
): Promise<Inspected> {
  const { check, sha256 } = await readManifest(archive, limits, look);
  const { head, media, counts, omitted } = check;
  const signature = await checkSignature(check.signature, { serverName: head.server_name, sha256 }, knownKey);
  for (const name of archive.names) {
    if (name === MANIFEST) continue;
    const medium = media.get(name.slice(mediaEntry("").length));
    if (medium === undefined) throw new BundleFault(name, "is not in the manifest");
    await checkMedium(archive, name, medium);
  }
  for (const [hash] of media) {
    if (archive.sizeOf(mediaEntry(hash)) === undefined) throw new BundleFault(mediaEntry(hash), "is missing");
  }
  return { head, counts, media, omitted, signature };
}

async function checkMedium(archive: Archive, name: string, { sha256, size }: BundleMedium): Promise<void> {
  if (archive.sizeOf(name) !== size) throw new BundleFault(name, "has another size than the manifest says");
  const found =
    size <= SMALL_BYTES ? hash("sha256", await archive.readWhole(name), "hex") : await digestOf(archive, name);
  if (found !== sha256) throw new BundleFault(name, "does not match the SHA-256 that is its name");
}

async function digestOf(archive: Archive, name: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of archive.read(name)) digest.update(chunk as Buffer);
  return digest.digest("hex");
}
