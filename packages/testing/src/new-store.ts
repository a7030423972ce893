import { readFileSync, writeFileSync } from "node:fs";
import { bringUpToDate, storeFileOf } from "@stairwell/server/testing";

/** A store as the migrations make it, which they do once a process: it is a third of what a server's start costs. */
let image: Buffer | undefined;

/** Puts a store in which nothing is into an empty folder. */
export async function putNewStore(folder: string): Promise<void> {
  if (image !== undefined) return writeFileSync(storeFileOf(folder), image);
  await bringUpToDate({ folder }, () => 0);
  image = readFileSync(storeFileOf(folder));
}
