import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { putDurably } from "../lib/durable.ts";

/** Where a store went, as its folder says it to people. */
export interface MovedMark {
  /** The database, without who signs in there. */
  readonly store: string;
  /** The bucket of its files; null where they stayed in the folder. */
  readonly files: string | null;
  /** RFC 3339. */
  readonly at: string;
}

/** The store of a folder was moved away: whoever works on it now works on what nobody reads any more. */
export class StoreMovedError extends Error {
  override readonly name = "StoreMovedError";
}

/** Says in a folder where its store went, durably; a repeat writes it anew. */
export async function markMoved(folder: string, url: string, files: string | null, now: number): Promise<void> {
  const { protocol, host, pathname } = new URL(url);
  const mark: MovedMark = { store: `${protocol}//${host}${pathname}`, files, at: new Date(now).toISOString() };
  await putDurably(markOf(folder), `${JSON.stringify(mark, undefined, 2)}\n`);
}

/** `StoreMovedError` with where the store is now, how to go on there, and how to go back. */
export function mustNotBeMoved(folder: string): void {
  const text = movedText(folder);
  if (text !== undefined) throw new StoreMovedError(text);
}

/** What is to be said of a folder whose store was moved away; undefined of any other. */
export function movedText(folder: string): string | undefined {
  if (!existsSync(markOf(folder))) return undefined;
  const { store = "a database", files, at } = readMark(folder);
  const withFiles = typeof files === "string" ? `, with its files to the bucket ${files}` : "";
  const when = at === undefined ? "" : ` at ${at}`;
  return (
    `The store in ${folder} was moved to ${store}${withFiles}${when}. Go on there: name it in store.url, by --config or ` +
    "STAIRWELL_STORE_URL. To go back to the store in the folder, which has nothing of what was written since, delete " +
    `${markOf(folder)}.`
  );
}

/** Whatever stands in the mark, it is one. */
function readMark(folder: string): Partial<MovedMark> {
  try {
    const said: unknown = JSON.parse(readFileSync(markOf(folder), "utf8"));
    return typeof said === "object" && said !== null ? said : {};
  } catch {
    return {};
  }
}

function markOf(folder: string): string {
  return join(folder, "moved");
}
