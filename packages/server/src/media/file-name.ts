import { LIMITS } from "@stairwell/protocol";

/** Controls, marks that reorder text, and marks that are not to be seen: a name must look like what it is. */
// oxlint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** A file's name as it is kept: the last part of a path, NFC, 1 to 255 characters, nothing that hides or reorders text. */
export function cleanFileName(given: string | null): string {
  const last = (given ?? "").toWellFormed().replaceAll("\\", "/").split("/").at(-1)!;
  const name = [...last.normalize("NFC").replaceAll(HIDDEN, "").trim()];
  const short = name.slice(0, LIMITS.fileNameLength).join("").trim();
  return short === "" || /^\.+$/.test(short) ? "file" : short;
}

/**
 * `Content-Disposition` (RFC 6266) with the name in both forms: plain ASCII for old readers, UTF-8 for all others (RFC
 * 8187).
 */
export function dispositionOf(kind: "inline" | "attachment", name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]/gu, "_").replaceAll(/["\\%]/g, "_");
  const plain = `${kind}; filename="${ascii}"`;
  if (ascii === name) return plain;
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${plain}; filename*=UTF-8''${encoded}`;
}
