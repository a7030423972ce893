import { UsageError } from "./exit-codes.ts";
import type { FolderOptions } from "./folder-options.ts";

/** Settings that put rows or media elsewhere where they have a value, and what copies them there. */
const ELSEWHERE: readonly (readonly [key: string, says: string])[] = [
  ["store.url", "the rows are in PostgreSQL (store.url): copy them with pg_dump"],
  [
    "media.s3.endpoint",
    "the media are in a bucket (media.s3.endpoint): copy the bucket with its own tools, after the rows",
  ],
];

/** `UsageError` where not all of the store lies in the data folder, by the keys that are configured. */
export function mustBeEmbedded(keys: readonly string[]): void {
  const found = ELSEWHERE.filter(([key]) => keys.includes(key));
  if (found.length === 0) return;
  const says = found.map(([, each]) => each).join("; ");
  throw new UsageError(`this command is for the embedded store, and ${says}. See docs/operating/backup.md`);
}

/** The data folder of an embedded store. `UsageError` for any other. */
export async function embeddedFolderOf({ data, config: file }: FolderOptions): Promise<string> {
  const { configLines, loadConfig } = await import("@stairwell/server");
  const loaded = await loadConfig({ flags: { data }, file });
  mustBeEmbedded(configLines(loaded).map(({ key }) => key));
  return loaded.config.data;
}
