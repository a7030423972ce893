import { UsageError } from "./exit-codes.ts";
import type { Bucket, FolderOptions } from "./folder-options.ts";

/** The data folder of an embedded store, and the bucket where that has its media. `UsageError` for any other store. */
export async function embeddedPlaceOf({
  data,
  config: file,
}: FolderOptions): Promise<{ folder: string; bucket: Bucket }> {
  const { loadConfig, s3Of } = await import("@stairwell/server");
  const { config } = await loadConfig({ flags: { data }, file });
  if (config.store.url !== undefined) {
    throw new UsageError(
      "this command is for the embedded store, and the rows are in PostgreSQL (store.url): copy them with pg_dump, and the " +
        "bucket after them with its own tools. See docs/operating/backup.md",
    );
  }
  return { folder: config.data, bucket: s3Of(config) };
}
