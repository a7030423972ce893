import { constants, createDeflateRaw } from "node:zlib";

/** Small enough that what is not counted yet never matters. */
const PIECE_BYTES = 16 * 1024;
/** So much may go in before anything has to come out. */
const SLACK_BYTES = 16 * 1024;

/**
 * Deflates, but never to less than one byte for `most` of the source, beyond the first 32 KiB: what repeats itself so
 * much that it would is stored as it is in between. So a reader who takes more for a trick takes all that is written here.
 */
export async function* deflateWithin(
  source: AsyncIterable<Buffer>,
  level: number,
  most: number,
): AsyncGenerator<Buffer, void, undefined> {
  const deflate = createDeflateRaw({ level });
  const made: Buffer[] = [];
  let [taken, given, isStoring] = [0, 0, false];
  deflate.on("data", (bytes: Buffer) => {
    given += bytes.length;
    made.push(bytes);
  });
  let onFailure = (_error: Error): void => {};
  deflate.on("error", (error) => onFailure(error));
  const settled = (work: (done: (error?: Error | null) => void) => unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      onFailure = reject;
      work((error) => (error == null ? resolve() : reject(error)));
    });
  const isTooDense = (): boolean => taken > given * most + SLACK_BYTES;
  const store = async (storing: boolean): Promise<void> => {
    if (storing !== isStoring)
      await settled((done) => deflate.params(storing ? 0 : level, constants.Z_DEFAULT_STRATEGY, done));
    isStoring = storing;
  };
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        await settled((done) => deflate.write(piece, done));
        taken += piece.length;
        // The library keeps much back: only what was let out can be counted.
        if (isTooDense() && !isStoring) await settled((done) => deflate.flush(constants.Z_SYNC_FLUSH, () => done()));
        await store(isTooDense());
        yield* made.splice(0);
      }
    }
    await settled((done) => deflate.once("end", done).end());
    yield* made;
  } finally {
    deflate.destroy();
  }
}
