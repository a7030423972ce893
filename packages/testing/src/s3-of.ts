import type { S3Options } from "@stairwell/server/testing";
import { S3Server } from "./s3-server.ts";

const parts = new Map<string, S3Options>();

/**
 * Where the files of a data folder's server are, if not in it: with `STAIRWELL_TEST_BLOBS=s3` in a part of a bucket that is
 * theirs, the same each time the server is started.
 */
export async function s3Of(data: string): Promise<S3Options | undefined> {
  if (process.env["STAIRWELL_TEST_BLOBS"] !== "s3") return undefined;
  const options = parts.get(data) ?? (await S3Server.shared()).options();
  parts.set(data, options);
  return options;
}
