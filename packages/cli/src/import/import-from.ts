import { constants, createReadStream, openAsBlob } from "node:fs";
import { access, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { type FileSource, type OnProgress, StairwellClient } from "@stairwell/client";
import { bundles, type MetaOf, type ProgressOf } from "@stairwell/protocol/api";
import { folderFault } from "../folder-fault.ts";
import type { Caller } from "../server-options.ts";

export interface ImportTarget extends Caller {
  readonly signal: AbortSignal;
  /** Bytes that went to the server, and of how many where that is known. */
  readonly onProgress: OnProgress;
  /** How far the server is with them. */
  readonly onWork: (progress: ProgressOf<typeof bundles.importRoom>) => void;
}

export interface ImportSource {
  /** `-` is stdin. */
  readonly path: string;
  readonly workspaceId: string | undefined;
  readonly dryRun: boolean;
}

export interface ImportMade {
  /** Null where none was to be made. */
  readonly room_id: string | null;
  readonly report: MetaOf<typeof bundles.importRoom>["report"];
}

/** Brings a bundle to a server, in little memory however large it is. `StairwellApiError` for a refusal. */
export async function importFrom(
  { baseUrl, token, signal, onProgress, onWork }: ImportTarget,
  { path, workspaceId, dryRun }: ImportSource,
): Promise<ImportMade> {
  const client = new StairwellClient({ baseUrl, token });
  const { data, meta } = await client.upload(bundles.importRoom, {
    file: path === "-" ? streamOf(process.stdin) : await fileAt(path),
    name: "room.zip",
    form: {
      ...(workspaceId !== undefined && { workspace_id: workspaceId }),
      ...(dryRun && { dry_run: "true" as const }),
    },
    signal,
    onProgress,
    onWork,
  });
  return { room_id: data?.id ?? null, report: meta.report };
}

/** What lies in a file can be read again, what comes through a pipe only once. Throws for a folder. */
async function fileAt(path: string): Promise<FileSource> {
  const found = await stat(path);
  if (found.isDirectory()) throw folderFault(path);
  // Opened once: whoever writes to a pipe takes its first reader for the one.
  if (!found.isFile()) return streamOf(createReadStream(path));
  await access(path, constants.R_OK);
  return openAsBlob(path);
}

function streamOf(source: Readable): FileSource {
  const bytes: NodeStream<Uint8Array> = Readable.toWeb(source);
  return bytes as FileSource;
}
