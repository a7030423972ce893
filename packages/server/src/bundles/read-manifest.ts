import { createHash } from "node:crypto";
import {
  BundleFault,
  type Checked,
  MANIFEST,
  ManifestCheck,
  ManifestSplitter,
  type BundleLimits,
} from "@stairwell/protocol/bundle";
import { sha256 } from "../lib/random.ts";
import type { Archive } from "./zip/archive.ts";

export interface ReadManifest {
  readonly check: ManifestCheck;
  /** Of the bytes that the signature covers, lower-case hex. */
  readonly sha256: string;
}

/**
 * Reads and checks a manifest as it is unpacked, in the memory of one event, and hands out its parts one by one.
 * `BundleFault` at the first that is wrong.
 */
export async function readManifest(
  archive: Archive,
  limits: Pick<BundleLimits, "manifestBytes" | "listBytes">,
  take: (checked: Checked) => void | Promise<void>,
): Promise<ReadManifest> {
  const { manifestBytes } = limits;
  const size = archive.sizeOf(MANIFEST);
  if (size !== undefined && size > manifestBytes) {
    throw new BundleFault(MANIFEST, `is larger than ${manifestBytes} bytes`, { isTooLarge: true });
  }
  const signed = createHash("sha256");
  const splitter = new ManifestSplitter((bytes) => signed.update(bytes));
  const check = new ManifestCheck(sha256, limits);
  for await (const chunk of archive.read(MANIFEST)) {
    for (const part of splitter.take(chunk as Buffer)) {
      const checked = check.take(part);
      const taking = checked === undefined ? undefined : take(checked);
      // Most parts are only looked at: a turn of the loop for each would cost more than the look.
      if (taking !== undefined) await taking;
    }
  }
  splitter.end();
  check.end();
  return { check, sha256: signed.digest("hex") };
}
