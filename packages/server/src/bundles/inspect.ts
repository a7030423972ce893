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
import type { Staging } from "../blobs/index.ts";
import { inLanes } from "../lib/in-lanes.ts";
import { readManifest } from "./read-manifest.ts";
import { checkSignature, type KnownKey, type SignatureStanding } from "./signature.ts";
import type { Archive } from "./zip/archive.ts";

/** Media up to this many bytes are read at once: a stream costs more than they do. */
const SMALL_BYTES = 1024 * 1024;
/** Where they are kept each waits for a sync of its own, and for one that others may share. */
const MEDIA_AT_ONCE = 2;

/** What a bundle has, once all of it was found right. */
export interface Inspected {
  readonly head: ManifestHead;
  /** So many people stand in it. */
  readonly people: number;
  readonly counts: BundleCounts;
  readonly media: ReadonlyMap<string, BundleMedium>;
  readonly omitted: readonly Omission[];
  readonly signature: SignatureStanding;
  /** Of the key that it says it is signed with; null where it is not. */
  readonly keyId: string | null;
}

/**
 * Reads a whole bundle once: structure, every event, every medium, counts and the signature (BU15), in little memory. `look`
 * sees the manifest's parts as they are found right. `BundleFault` at the first thing that is wrong. `keptIn`: where the
 * media are kept as they are read, each by its SHA-256; what is there after a fault is for the caller to take away.
 */
export async function inspectBundle(
  archive: Archive,
  limits: BundleLimits,
  knownKey: KnownKey,
  look: (checked: Checked) => void | Promise<void> = () => {},
  keptIn?: Staging,
): Promise<Inspected> {
  const { check, sha256 } = await readManifest(archive, limits, look);
  const { head, people, media, counts, omitted } = check;
  const signature = await checkSignature(check.signature, { serverName: head.server_name, sha256 }, knownKey);
  await inLanes(archive.names, MEDIA_AT_ONCE, async (name) => {
    if (name === MANIFEST) return;
    const medium = media.get(name.slice(mediaEntry("").length));
    if (medium === undefined) throw new BundleFault(name, "is not in the manifest");
    if (archive.sizeOf(name) !== medium.size) {
      throw new BundleFault(name, "has another size than the manifest says");
    }
    if ((await digestOf(archive, name, medium, keptIn)) !== medium.sha256) {
      throw new BundleFault(name, "does not match the SHA-256 that is its name");
    }
  });
  for (const [hash] of media) {
    if (archive.sizeOf(mediaEntry(hash)) === undefined) throw new BundleFault(mediaEntry(hash), "is missing");
  }
  return { head, people, counts, media, omitted, signature, keyId: check.signature?.key_id ?? null };
}

/** Reads a medium, and keeps it where it is to be kept; answers its SHA-256. */
async function digestOf(
  archive: Archive,
  entry: string,
  { sha256: name, size }: BundleMedium,
  keptIn: Staging | undefined,
): Promise<string> {
  if (size <= SMALL_BYTES) {
    const bytes = await archive.readWhole(entry);
    return keptIn === undefined ? hash("sha256", bytes, "hex") : (await keptIn.keep(bytes, name)).sha256;
  }
  const source = archive.read(entry);
  if (keptIn !== undefined) return (await keptIn.receive(source, size, { name })).sha256;
  const digest = createHash("sha256");
  for await (const chunk of source) digest.update(chunk as Buffer);
  return digest.digest("hex");
}
