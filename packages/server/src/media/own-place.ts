import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { BlobStore } from "../blobs/index.ts";
import type { Db, Reader } from "../db/index.ts";
import { isMarkNoted, noteMark, type Turns } from "../nodes/index.ts";

/** Of what is noted in the store of rows: that its files are where its mark is. */
const NAME = "files";
/** Of the turn of whoever marks a place: of two that come at once only one may. */
const TURN = "mark files";
const LOOK_MS = 100;

/** What a server's files lie in is not where those of its store of rows are. Its message says what to do. */
export class WrongPlaceError extends Error {
  override readonly name = "WrongPlaceError";
}

export interface PlaceParts {
  readonly blobs: Pick<BlobStore, "readMark" | "putMark">;
  /** Of the store of rows. */
  readonly secret: Uint8Array;
}

/**
 * Sees that the files of this server and of all others on its store of rows lie in one place, and marks it when it is the
 * first to use it. `WrongPlaceError`: others would not find what comes here, what is deleted would stay there, and where a
 * place is another store's, its files would be swept as nobody's. `SW_UNAVAILABLE`: it cannot be reached.
 */
export async function confirmPlace(parts: PlaceParts & { db: Db; turns: Turns }): Promise<void> {
  const { db, blobs, secret, turns } = parts;
  if ((await findPlaceFault(parts, db)) === "unmarked") {
    while (!(await turns.take(TURN))) await wait(LOOK_MS);
    try {
      // Whoever had the turn before may have marked another place.
      if ((await findPlaceFault(parts, db)) === "unmarked") {
        await blobs.putMark(markOf(secret));
        await noteMark(db, NAME, markOf(secret));
      }
    } finally {
      await turns.end(TURN);
    }
  }
}

/** Whether the place is the store's own or nobody's yet. `WrongPlaceError` else. */
export async function findPlaceFault(
  { blobs, secret }: { blobs: Pick<BlobStore, "readMark">; secret: Uint8Array },
  reader: Reader,
): Promise<"own" | "unmarked"> {
  const mark = markOf(secret);
  const found = await blobs.readMark();
  const isNoted = await isMarkNoted(reader, NAME, mark);
  if (found === mark) return isNoted ? "own" : "unmarked";
  if (found !== undefined) {
    throw new WrongPlaceError(
      "The place of files (media.s3, or blobs/ in the data folder) is marked by another store of rows, whose files they " +
        "are. Name a bucket or a prefix that is this store's, or the database that the files belong to; after a move to " +
        `another database, remove the mark, 'mark' in that place.`,
    );
  }
  if (!isNoted) return "unmarked";
  throw new WrongPlaceError(
    "The files of this store are in another place than this server's (media.s3, or blobs/ in the data folder). Give all " +
      "servers on one database the same media.s3, or one shared folder at blobs/ in each data folder. If all files were " +
      `moved here, put the mark too: 'mark' in that place, with the text ${mark}`,
  );
}

/** By the store's secret, so that it is the same whoever writes it, and tells nothing. */
function markOf(secret: Uint8Array): string {
  return createHmac("sha256", secret).update("where the files of this store are").digest("hex");
}
