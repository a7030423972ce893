import { goodBundle, MEDIUM_ENTRY as MEDIA } from "./good.ts";
import { file, type Hostile } from "./hostile.ts";
import { ALICE, makeManifest, sha256 } from "./manifest-maker.ts";
import { makeZip } from "./zip-maker.ts";

const FULL = 0xffffffff;

/** Files that are no ZIP, or one with something about it that no bundle has. */
export const wrongFiles: readonly Hostile[] = [
  file("nothing at all", "", /does not end as a ZIP/, () => Buffer.alloc(0)),
  file("a text", "", /does not end as a ZIP/, () => Buffer.from("this is no bundle")),
  file("an empty ZIP", "manifest.json", /missing/, () => makeZip([])),
  file("bytes before", "", /does not begin with its first entry|elsewhere/, () =>
    goodBundle(undefined, { before: Buffer.from("x") }),
  ),
  file("bytes after", "", /does not end as a ZIP/, () => goodBundle(undefined, { after: Buffer.from("x") })),
  file("a comment", "", /does not end as a ZIP|comment/, () => goodBundle(undefined, { comment: Buffer.from("hi") })),
  file("bytes between", MEDIA, /belong to no entry/, () => goodBundle(undefined, { between: Buffer.from("x") })),
  file("bytes after the directory", "", /elsewhere/, () => goodBundle(undefined, { beforeEnd: Buffer.from("x") })),
  file("another disk", "", /several disks/, () => goodBundle(undefined, { disk: 1 })),
  file("more entries said", "", /entries in its central/, () => goodBundle(undefined, { entries: 3 })),
  file("fewer entries said", "", /more in its central/, () => goodBundle(undefined, { entries: 1 })),
  file(
    "too many entries",
    "",
    /more than 100001/,
    () => goodBundle(undefined, { entries: 0xffff, zip64: { entries: 2n ** 32n } }),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file("entries that no file reaches", "", /no file reaches/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { entries: 2n ** 63n } }),
  ),
  file("a directory that no file reaches", "", /no file reaches/, () =>
    goodBundle(undefined, { start: FULL, zip64: { start: 2n ** 63n } }),
  ),
  file("ZIP64 said and not there", "", /no ZIP64 end record/, () => goodBundle(undefined, { entries: 0xffff })),
  file("ZIP64 and nothing that needs it", "", /elsewhere/, () => goodBundle(undefined, { zip64: {} })),
  file("two end records that differ", "", /differ/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { bytes: 1n } }),
  ),
  file("a locator that leads elsewhere", "", /locator/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { locator: 0n } }),
  ),
  file("ZIP64 disks", "", /several disks/, () => goodBundle(undefined, { entries: 0xffff, zip64: { disks: 1 } })),
  file("ZIP64 counts that differ", "", /how many entries/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { entries: 2n, onDisk: 1n } }),
  ),
];

/** Much that comes of little. */
export const bombs: readonly Hostile[] = [
  file(
    "a manifest of spaces",
    "manifest.json",
    /unpacks to more/,
    () => bomb(Buffer.alloc(48 * 2 ** 20, " ")),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file(
    "a manifest of one string",
    "manifest.json",
    /bytes|unpacks/,
    () => bomb(Buffer.concat([Buffer.from('{"format":"'), Buffer.alloc(48 * 2 ** 20, "x")])),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file(
    "a manifest of brackets",
    "manifest.json",
    /unpacks|bytes/,
    () => bomb(Buffer.concat([Buffer.from('{"format":'), Buffer.alloc(2 ** 22, "[")])),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file(
    "media of zeros",
    /media/,
    /another size|unpacks/,
    () => {
      const zeros = Buffer.alloc(32 * 2 ** 20);
      const record = { sha256: sha256(zeros), size: zeros.length, mime_type: "text/plain", name: "a" };
      const manifest = makeManifest(
        [{ type: "swp.room.message", content: { media_id: record }, sender: ALICE }],
        [zeros],
      );
      return makeZip([
        { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true },
        { name: `media/${sha256(zeros)}`, content: zeros, deflated: true },
      ]);
    },
    "SW_BUNDLE_TOO_LARGE",
  ),
];

function bomb(content: Buffer): Buffer<ArrayBuffer> {
  return makeZip([{ name: "manifest.json", content, deflated: true }]);
}
