import { Transform } from "node:stream";
import { createInflateRaw, type InflateRaw } from "node:zlib";
import { BundleFault, ManifestSplitter } from "@stairwell/protocol/bundle";

/** How far an export has come. */
export interface ExportedSoFar {
  /** Of the file. */
  readonly bytes: number;
  readonly events: number;
  readonly eventsTotal: number;
  readonly mediaBytes: number;
  readonly mediaTotal: number;
}

/** Of a ZIP entry's header, before its name and extra field. */
const HEADER_BYTES = 30;

/**
 * Lets a bundle through and looks at how far it is. The manifest, which comes first, is unpacked to count its events: its
 * length is not known beforehand. What cannot be read here is no fault of the file; the count then stands still.
 */
export class ExportMeter extends Transform {
  readonly #totals: { events: number; media: number };
  readonly #report: (soFar: ExportedSoFar) => void;
  readonly #splitter = new ManifestSplitter();
  #inflate: InflateRaw | undefined;
  #header = Buffer.alloc(0);
  #bytes = 0;
  #events = 0;
  /** The bytes of the file when the last event was counted. */
  #manifestBytes = 0;

  constructor(totals: { events: number; media: number }, report: (soFar: ExportedSoFar) => void) {
    super();
    this.#totals = totals;
    this.#report = report;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#bytes += chunk.length;
    const go = (): void => {
      this.#report(this.soFar);
      done(null, chunk);
    };
    const packed = this.#inflate === undefined ? this.#afterHeader(chunk) : chunk;
    // Held back until it is unpacked, so that what waits here stays small.
    if (packed === undefined || this.#inflate === undefined || this.#inflate.writableEnded) go();
    else this.#inflate.write(packed, go);
  }

  override _flush(done: () => void): void {
    this.#inflate?.destroy();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inflate?.destroy();
    done(error);
  }

  get soFar(): ExportedSoFar {
    const { events, media } = this.#totals;
    const isMedia = this.#events === events;
    return {
      bytes: this.#bytes,
      events: this.#events,
      eventsTotal: events,
      mediaBytes: isMedia ? Math.min(media, this.#bytes - this.#manifestBytes) : 0,
      mediaTotal: media,
    };
  }

  /** What of a chunk is the manifest's; undefined while its header is not whole. */
  #afterHeader(chunk: Buffer): Buffer | undefined {
    this.#header = Buffer.concat([this.#header, chunk]);
    if (this.#header.length < HEADER_BYTES) return undefined;
    const start = HEADER_BYTES + this.#header.readUInt16LE(26) + this.#header.readUInt16LE(28);
    if (this.#header.length < start) return undefined;
    const rest = this.#header.subarray(start);
    this.#header = Buffer.alloc(0);
    this.#inflate = createInflateRaw()
      .on("data", (bytes: Buffer) => this.#count(bytes))
      .on("error", () => {});
    return rest;
  }

  #count(bytes: Buffer): void {
    try {
      for (const { key, index } of this.#splitter.take(bytes))
        if (key === "events" && index !== undefined) this.#events++;
      this.#manifestBytes = this.#bytes;
    } catch (error) {
      if (!(error instanceof BundleFault)) throw error;
      this.#inflate!.removeAllListeners("data").resume();
    }
  }
}
