import { Readable, Transform } from "node:stream";
import { ZipFile } from "yazl";

/** An entry of a ZIP that is being written; opened when its turn has come. */
export interface WrittenEntry {
  readonly name: string;
  /** Deflate at this level, or store. */
  readonly level: number;
  /** Bytes, where they are known. */
  readonly size?: number;
  readonly open: () => Promise<Readable>;
}

/**
 * A ZIP of these entries, in their order, written as it is read. When an entry cannot be read to its end the stream fails
 * and the ZIP has no directory: nobody can take it for a whole one. A reader who goes ends the entry that is open.
 */
export function zipOf(entries: readonly WrittenEntry[], at: Date): Readable {
  const zip = new ZipFile();
  const out = zip.outputStream as Transform;
  let open: Readable | undefined;
  const fail = (error: unknown): void => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  zip.on("error", fail);
  out.once("close", () => open?.destroy());
  for (const { name, level, size, open: opened } of entries) {
    const options = { mtime: at, mode: 0o100600, compressionLevel: level, ...(size !== undefined && { size }) };
    zip.addReadStreamLazy(name, options, (answer) => {
      opened().then((source) => {
        open = source;
        source.once("error", fail);
        if (out.destroyed) source.destroy();
        else answer(null, source);
      }, fail);
    });
  }
  zip.end();
  return out;
}
