import { BundleFault } from "./fault.ts";
import { MANIFEST, MANIFEST_KEYS, MANIFEST_LISTS, type ManifestKey } from "./manifest.ts";

/** A value of the manifest, or an entry of one of its lists; a list ends with a part that has neither index nor text. */
export interface ManifestPart {
  readonly key: ManifestKey;
  /** In a list, from 0. */
  readonly index: number | undefined;
  /** JSON that is not parsed yet; undefined at the end of a list. */
  readonly text: string | undefined;
}

/** Bytes of one value or entry: an event with its whole content escaped, and the counts of a thousand types. */
const MOST_BYTES = 1024 * 1024;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

type State = "start" | "key" | "colon" | "value" | "after" | "item" | "afterItem" | "done";

/**
 * Parts a manifest as it arrives, in the memory of one entry: neither its length nor the number of events matters. It
 * finds where values end and leaves their grammar to whoever parses them. Throws `BundleFault` for keys that are unknown
 * or out of order, for what is no JSON object, and for bytes that are no UTF-8.
 */
export class ManifestSplitter {
  readonly #signed: (bytes: Uint8Array) => void;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #state: State = "start";
  /** Keys read so far. */
  #keys = 0;
  #key: ManifestKey = "format";
  #index = 0;
  /** The value that is being read: what of it came in chunks before, how deep and whether in a string it is. */
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #isCapturing = false;
  #isSigned = true;

  /** `signed` is given the bytes that the signature covers, in order. */
  constructor(signed: (bytes: Uint8Array) => void = () => {}) {
    this.#signed = signed;
  }

  /** The parts that end in this chunk. Take all of them before the next chunk. */
  *take(chunk: Uint8Array): Generator<ManifestPart, void, undefined> {
    let start = 0;
    for (let at = 0; at < chunk.length;) {
      if (this.#isCapturing) {
        const end = this.#scan(chunk, at);
        if (end === -1) break;
        const text = this.#captured(chunk.subarray(start, end));
        at = end;
        const part = this.#took(text);
        if (part === undefined) continue;
        if (part.key === "counts") this.#endSigned(chunk, end);
        yield part;
        continue;
      }
      const byte = chunk[at]!;
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        at++;
        continue;
      }
      const part = this.#step(byte);
      if (this.#isCapturing) start = at;
      else at++;
      if (part !== undefined) yield part;
    }
    if (this.#isCapturing) this.#keep(chunk.subarray(start));
    if (this.#isSigned) this.#signed(chunk);
  }

  /** After the last chunk: the manifest must have ended. */
  end(): void {
    if (this.#state !== "done") throw this.#fault("ends in the middle");
  }

  /** What one byte between values means. */
  #step(byte: number): ManifestPart | undefined {
    switch (this.#state) {
      case "start":
        return this.#expect(byte, OPEN_BRACE, "key", "is no JSON object");
      case "key":
        if (byte !== QUOTE) throw this.#fault("a key is missing");
        this.#capture();
        return undefined;
      case "colon":
        return this.#expect(byte, COLON, "value", `has no value for ${this.#key}`);
      case "value":
        if (byte === OPEN_BRACKET && MANIFEST_LISTS.includes(this.#key as never)) {
          this.#index = 0;
          this.#state = "item";
        } else this.#capture();
        return undefined;
      case "item":
        if (byte === CLOSE_BRACKET && this.#index === 0) return this.#endList();
        this.#capture();
        return undefined;
      case "afterItem":
        if (byte === CLOSE_BRACKET) return this.#endList();
        return this.#expect(byte, COMMA, "item", `${this.#key} is no list`);
      case "after":
        if (byte === CLOSE_BRACE) return this.#close();
        return this.#expect(byte, COMMA, "key", `${this.#key} is followed by something else`);
      case "done":
        throw this.#fault("goes on after its end");
    }
  }

  #expect(byte: number, wanted: number, next: State, reason: string): undefined {
    if (byte !== wanted) throw this.#fault(reason);
    this.#state = next;
  }

  #endList(): ManifestPart {
    this.#state = "after";
    return { key: this.#key, index: undefined, text: undefined };
  }

  #close(): undefined {
    if (this.#keys < MANIFEST_KEYS.length - 1) throw this.#fault(`has no ${MANIFEST_KEYS[this.#keys]}`);
    this.#state = "done";
  }

  /** What a captured text is, by where it stood. */
  #took(text: string): ManifestPart | undefined {
    switch (this.#state) {
      case "key":
        this.#takeKey(text);
        return undefined;
      case "item":
        this.#state = "afterItem";
        return { key: this.#key, index: this.#index++, text };
      default:
        this.#state = "after";
        return { key: this.#key, index: undefined, text };
    }
  }

  #takeKey(text: string): void {
    const due = MANIFEST_KEYS[this.#keys];
    if (due === undefined || text !== `"${due}"`) {
      const isKnown = MANIFEST_KEYS.some((key) => text === `"${key}"`);
      const shown = text.length > 100 ? `${text.slice(0, 100).toWellFormed()}…` : text;
      throw this.#fault(isKnown ? `${shown} stands out of order` : `${shown} is not a known key`);
    }
    this.#keys++;
    this.#key = due;
    this.#state = "colon";
  }

  #capture(): void {
    this.#isCapturing = true;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
  }

  /** The index after the value's last byte, or -1 when it goes on in the next chunk. */
  #scan(chunk: Uint8Array, from: number): number {
    let [depth, inString, isEscaped] = [this.#depth, this.#inString, this.#isEscaped];
    for (let at = from; at < chunk.length; at++) {
      let byte = chunk[at]!;
      if (inString) {
        if (isEscaped) {
          isEscaped = false;
          continue;
        }
        // Most bytes are of texts, and nearly all of those mean nothing here.
        while (byte !== QUOTE && byte !== BACKSLASH && ++at < chunk.length) byte = chunk[at]!;
        if (at === chunk.length) break;
        if (byte === BACKSLASH) isEscaped = true;
        else {
          inString = false;
          if (depth === 0) return at + 1;
        }
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        // A number or word ends where what it stands in ends.
        if (depth === 0) return at;
        if (--depth === 0) return at + 1;
      } else if (depth === 0 && (byte === COMMA || byte <= 0x20)) {
        return at;
      }
    }
    [this.#depth, this.#inString, this.#isEscaped] = [depth, inString, isEscaped];
    return -1;
  }

  #keep(bytes: Uint8Array): void {
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > MOST_BYTES) {
      const reason = `has a value of more than ${MOST_BYTES} bytes`;
      throw new BundleFault(MANIFEST, reason, { pointer: this.#pointer, isTooLarge: true });
    }
    // Whoever gave the chunk may use its memory again.
    this.#kept.push(bytes.slice());
  }

  #captured(rest: Uint8Array): string {
    this.#isCapturing = false;
    let bytes = rest;
    if (this.#kept.length > 0) {
      this.#keep(rest);
      bytes = new Uint8Array(this.#keptBytes);
      let at = 0;
      for (const part of this.#kept) {
        bytes.set(part, at);
        at += part.length;
      }
      this.#kept = [];
    } else if (rest.length > MOST_BYTES) this.#keep(rest);
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw this.#fault("has bytes that are no UTF-8");
    }
  }

  #endSigned(chunk: Uint8Array, end: number): void {
    this.#signed(chunk.subarray(0, end));
    this.#isSigned = false;
  }

  get #pointer(): string | undefined {
    if (this.#keys === 0) return undefined;
    return this.#state === "item" || this.#state === "afterItem" ? `/${this.#key}/${this.#index}` : `/${this.#key}`;
  }

  #fault(reason: string): BundleFault {
    return new BundleFault(MANIFEST, reason, { pointer: this.#pointer });
  }
}
