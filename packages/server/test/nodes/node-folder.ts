import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** A data folder for a node below one of several, whose files lie in one folder that they share. */
export function nodeFolder(parent: string, name: string): string {
  const [data, files] = [join(parent, name), join(parent, "files")];
  for (const folder of [data, files]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  symlinkSync(files, join(data, "blobs"));
  return data;
}
