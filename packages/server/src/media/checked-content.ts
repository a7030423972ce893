import { createHash, hash } from "node:crypto";
import { pipeline, type Readable, Transform } from "node:stream";

/** What a content must be. */
export interface Expected {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** The store has other bytes than were uploaded. */
export class WrongContent extends Error {
  constructor(sha256: string) {
    super(`a medium is not what was uploaded: ${sha256}`);
  }
}

/** A whole content that is at hand, held against its size and hash. `WrongContent`. */
export function mustBe(bytes: Buffer, { sha256, size }: Expected): Buffer {
  if (bytes.length !== size || hash("sha256", bytes, "hex") !== sha256) throw new WrongContent(sha256);
  return bytes;
}

/**
 * A whole content, held against its size and hash on its way. Its last bytes wait until all is known to be right, so that
 * a wrong one never arrives whole: the stream fails with `WrongContent` before its end.
 */
export function checkedContent(source: Readable, { sha256, size }: Expected): Readable {
  const digest = createHash("sha256");
  let bytes = 0;
  let held: Buffer | undefined;
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      bytes += chunk.length;
      const before = held;
      held = chunk;
      if (bytes > size) done(new WrongContent(sha256));
      else done(null, before);
    },
    flush(done) {
      if (bytes === size && digest.digest("hex") === sha256) done(null, held);
      else done(new WrongContent(sha256));
    },
  });
  // What goes wrong on either side ends both; whoever reads hears of it.
  return pipeline(source, checked, () => {});
}
