/** A bundle that must be refused, with what the refusal says. */
export interface Hostile {
  readonly what: string;
  readonly bytes: () => Buffer<ArrayBuffer>;
  readonly entry: string | RegExp;
  readonly reason: RegExp;
  readonly code?: "SW_BUNDLE_INVALID" | "SW_BUNDLE_TOO_LARGE" | "SW_ROOM_IMPORT_REFUSED";
}

/** A file that is refused for what one of its entries is; the entry is empty where it is the file itself. */
export function file(
  what: string,
  entry: string | RegExp,
  reason: RegExp,
  bytes: () => Buffer<ArrayBuffer>,
  code?: Hostile["code"],
): Hostile {
  return { what, entry, reason, bytes, ...(code && { code }) };
}
