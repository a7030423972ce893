/** A file to look at as a picture. */
export interface Painting {
  readonly path: string;
  /** What it was found to be. */
  readonly mimeType: string;
}

/** A picture's size as it is shown, in pixels, and a small WebP of it; null where it could not be decoded. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly thumbnail: { readonly bytes: Uint8Array; readonly width: number; readonly height: number } | null;
}
