/** Receives what a server sends; `bytes` from `start` to `end` is a frame's payload, valid during the call only. */
export interface FrameSink {
  text(bytes: Buffer, start: number, end: number): void;
  ping(payload: Buffer): void;
  /** The server ends the stream; `code` is 1005 when it named none. */
  close(code: number): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Splits what comes from a WebSocket server into frames, whatever the chunks (RFC 6455, section 5.2). It knows the frames
 * that a server without extensions sends whole; anything else throws, since the load must never guess.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  #rest: Buffer = NOTHING;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** `chunk` may be used again after the call. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      if (bytes.length - at < 2) break;
      const short = bytes[at + 1]!;
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
      if (bytes.length < start) break;
      const end = start + (short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : lengthOf(bytes, at + 2));
      if (bytes.length < end) break;
      this.#frame(bytes, at, start, end);
      at = end;
    }
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
  }

  #frame(bytes: Buffer, at: number, start: number, end: number): void {
    switch (bytes[at]) {
      case 0x81:
        return this.#sink.text(bytes, start, end);
      case 0x89:
        return this.#sink.ping(Buffer.from(bytes.subarray(start, end)));
      case 0x88:
        return this.#sink.close(end - start < 2 ? 1005 : bytes.readUInt16BE(start));
      default:
        throw new Error(`a frame that begins with 0x${bytes[at]!.toString(16)}`);
    }
  }
}

/** The 64-bit length; also refuses the mask bit, which sets the short length above 127. */
function lengthOf(bytes: Buffer, at: number): number {
  if (bytes[at - 1] !== 127) throw new Error("a masked frame from a server");
  return Number(bytes.readBigUInt64BE(at));
}
