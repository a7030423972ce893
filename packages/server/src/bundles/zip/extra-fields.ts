/** What follows a header's name: tagged fields (APPNOTE 4.5). */
const ZIP64 = 0x0001;
/** Gives an entry a second name. */
const UNICODE_PATH = 0x7075;

/** The content of the ZIP64 field, if there is one; a reason where the fields are not in order. */
export function readExtraFields(bytes: Buffer): { zip64?: Buffer } | { reason: string } {
  let zip64: Buffer | undefined;
  const seen = new Set<number>();
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return { reason: "has an extra field that is cut off" };
    const id = bytes.readUInt16LE(at);
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) return { reason: "has an extra field that is longer than all of them" };
    if (seen.has(id)) return { reason: "has an extra field twice" };
    seen.add(id);
    if (id === UNICODE_PATH) return { reason: "has a second name" };
    if (id === ZIP64) zip64 = bytes.subarray(at + 4, end);
    at = end;
  }
  return zip64 === undefined ? {} : { zip64 };
}
