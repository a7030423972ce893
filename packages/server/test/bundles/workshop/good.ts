import { type Loose, makeManifest, sampleEvents, sha256 } from "./manifest-maker.ts";
import { type End, type MadeEntry, makeZip } from "./zip-maker.ts";

export const MEDIUM = Buffer.from("a file of far.example\n");
export const MEDIUM_ENTRY = `media/${sha256(MEDIUM)}`;

/** The entries of a right bundle; `spoil` may change its manifest first. */
export function goodEntries(spoil: (manifest: Loose) => unknown = () => {}): MadeEntry[] {
  const manifest = makeManifest(sampleEvents(MEDIUM), [MEDIUM]);
  const spoilt = spoil(manifest) ?? manifest;
  const text = typeof spoilt === "string" ? spoilt : JSON.stringify(spoilt);
  return [
    { name: "manifest.json", content: Buffer.from(text), deflated: true },
    { name: MEDIUM_ENTRY, content: MEDIUM },
  ];
}

export function goodBundle(spoil?: (manifest: Loose) => unknown, end?: End): Buffer<ArrayBuffer> {
  return makeZip(goodEntries(spoil), end);
}

/** A right bundle whose entries are made otherwise. */
export function withEntries(
  change: (manifest: MadeEntry, medium: MadeEntry) => MadeEntry[],
  end?: End,
): Buffer<ArrayBuffer> {
  const [manifest, medium] = goodEntries() as [MadeEntry, MadeEntry];
  return makeZip(change(manifest, medium), end);
}
