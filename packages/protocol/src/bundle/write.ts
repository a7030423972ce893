import { canonical } from "../canonical.ts";
import { type Envelope, envelopeText } from "../hash.ts";
import type { Json } from "../json.ts";
import { REDACTION } from "../room/index.ts";
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BundleCounts,
  type BundleSignature,
  type ManifestHead,
  type ManifestList,
  type Omission,
} from "./manifest.ts";

/** The beginning of a manifest, up to its lists. */
export function openingText({ exported_at, exported_by, server_name, room }: ManifestHead): string {
  const members = { format: BUNDLE_FORMAT, version: BUNDLE_VERSION, exported_at, exported_by, server_name, room };
  const texts = Object.entries(members).map(([key, value]) => `"${key}":${canonical(value as unknown as Json)}`);
  return `{${texts.join(",")}`;
}

/** What stands before the first entry of a list; entries are parted by commas, and `]` ends them. */
export function listText(list: ManifestList): string {
  return `,"${list}":[`;
}

/**
 * An event as it travels, from the texts on record: `content` is canonical, and null where it was wiped. Without its salt
 * it is what a wiped reason left: of a redaction that goes along, since it says what was redacted.
 */
export function eventText(
  envelope: Envelope,
  hash: string,
  { content, salt }: { content: string | null; salt: string | null },
): string {
  const isSaid = content !== null && (salt !== null || envelope.event_type === REDACTION);
  const before = isSaid ? `"content":${content},` : "";
  const after = isSaid && salt !== null ? `"salt":"${salt}",` : "";
  return `{${before}"envelope":${envelopeText(envelope)},"hash":"${hash}",${after}"signatures":[]}`;
}

/** What stands after the lists; with it ends what is signed. */
export function closingText(omitted: readonly Omission[], counts: BundleCounts): string {
  return `,"omitted":${canonical(omitted as unknown as Json)},"counts":${canonical(counts as unknown as Json)}`;
}

/**
 * The text that is signed. `sha256`: lower-case hex, of the manifest's bytes from the first to the last of `counts`.
 */
export function signedText(sha256: string): string {
  return `{"format":"${BUNDLE_FORMAT}","sha256":"${sha256}","version":${BUNDLE_VERSION}}`;
}

/** The end of a manifest. */
export function signatureText(signature: BundleSignature): string {
  return `,"signature":${canonical(signature as unknown as Json)}}`;
}
