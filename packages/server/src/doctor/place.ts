import { StairwellError } from "@stairwell/protocol";
import { blobStoreOf, type S3Options } from "../blobs/index.ts";
import { openReader, type ReadStore } from "../db/index.ts";
import { sentenceOf } from "../lib/sentence-of.ts";
import { findPlaceFault, WrongPlaceError } from "../media/index.ts";
import { findSharedSecret } from "../nodes/index.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/**
 * Whether the files of this server lie where those of the others on its database do. Nothing is said where the database or
 * the bucket cannot be asked: other checks do.
 */
export async function checkPlace(url: string, folder: string, s3: S3Options | undefined): Promise<Check[]> {
  const reader = await openReader({ folder, url }).catch(() => undefined);
  if (reader === undefined) return [];
  try {
    return await look(reader, folder, s3);
  } catch (error) {
    if (error instanceof StairwellError) return [];
    const found = "their place is not that of the other servers on the database";
    if (error instanceof WrongPlaceError) return [failed("files", found, error.message)];
    return [warning("files", sentenceOf(error), "See that this user may read and write them.")];
  } finally {
    await reader.close();
  }
}

async function look(reader: ReadStore, folder: string, s3: S3Options | undefined): Promise<Check[]> {
  const secret = await findSharedSecret(reader);
  if (secret === undefined) return [];
  const blobs = blobStoreOf(folder, s3 && { ...s3, pace: { silenceMs: 5000, ...s3.pace } });
  try {
    const place = await findPlaceFault({ blobs, secret }, reader);
    if (place === "own") return [ok("files", "they are where those of all servers on the database are")];
    return [ok("files", "no server has used their place yet; the first one marks it")];
  } finally {
    blobs.close();
  }
}
