/** What is wrong with a bundle: which entry of the ZIP, where in it, and why. */
export class BundleFault extends Error {
  override readonly name = "BundleFault";
  /** As `manifest.json`; empty for the file as a whole. */
  readonly entry: string;
  /** A JSON pointer into the manifest, where there is one. */
  readonly pointer: string | undefined;
  readonly reason: string;
  /** It is larger than is taken, which says nothing of whether it is whole. */
  readonly isTooLarge: boolean;

  constructor(entry: string, reason: string, { pointer, isTooLarge = false }: FaultPlace = {}) {
    const place = [entry, pointer].filter((part) => part !== undefined && part !== "");
    super(place.length === 0 ? `the file ${reason}` : [...place, reason].join(": "));
    this.entry = entry;
    this.pointer = pointer;
    this.reason = reason;
    this.isTooLarge = isTooLarge;
  }
}

interface FaultPlace {
  readonly pointer?: string | undefined;
  readonly isTooLarge?: boolean;
}
