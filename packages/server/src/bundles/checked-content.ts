import { createHash } from "node:crypto";
import { pipeline, type Readable, Transform } from "node:stream";
import type { BundleMedium } from "@stairwell/protocol/bundle";

/** A medium's bytes, held against its hash on their way: the stream fails where they are others (BU4). */
export function checkedContent(source: Readable, { sha256, size }: Pick<BundleMedium, "sha256" | "size">): Readable {
  const hash = createHash("sha256");
  let bytes = 0;
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      const isWhole = bytes === size && hash.digest("hex") === sha256;
      done(isWhole ? null : new Error(`a medium is not what was uploaded: ${sha256}`));
    },
  });
  // What goes wrong on either side ends both; whoever reads hears of it.
  return pipeline(source, checked, () => {});
}
