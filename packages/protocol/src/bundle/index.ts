/** Bundles: a room as one file. How a manifest is written, parted and checked; neither files nor keys are known here. */
export { type Checked, ManifestCheck } from "./check.ts";
export { BundleFault } from "./fault.ts";
export { BUNDLE_LIMITS, type BundleLimits, DENSEST, LEAST_EXPANSION, MOST_NAMES } from "./limits.ts";
export {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BundleCounts,
  type BundleEvent,
  type BundleMedium,
  type BundleMember,
  type BundlePerson,
  type BundleRoom,
  type BundleSignature,
  MANIFEST,
  MANIFEST_KEYS,
  type ManifestHead,
  type ManifestKey,
  MEDIA_FOLDER,
  mediaEntry,
  type Omission,
} from "./manifest.ts";
export { mediumOf, type NamedMedium, type RecordedMedium } from "./medium.ts";
export { PERSON_SHAPE } from "./shapes.ts";
export { type ManifestPart, ManifestSplitter } from "./splitter.ts";
export { Tally } from "./tally.ts";
export { closingText, eventText, listText, openingText, signatureText, signedText } from "./write.ts";
