import { createWriteStream, existsSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StairwellApiError } from "@stairwell/client";
import { parseJson } from "@stairwell/protocol";
import { bundles } from "@stairwell/protocol/api";
import { UsageError } from "../exit-codes.ts";
import { type ExportedSoFar, ExportMeter } from "./meter.ts";

export interface ExportSource {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly onProgress: (soFar: ExportedSoFar) => void;
}

export interface ExportTarget {
  /** `-` is stdout; undefined a name that the server gives. */
  readonly path: string | undefined;
  readonly mayReplace: boolean;
}

export interface ExportMade {
  readonly room_id: string;
  /** Null for stdout. */
  readonly file: string | null;
  readonly events: number;
  readonly media_bytes: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Exports a room to a file, which has its name only when it is whole. `StairwellApiError` for a refusal, `UsageError` for
 * a file that is there already.
 */
export async function exportTo(source: ExportSource, roomId: string, target: ExportTarget): Promise<ExportMade> {
  if (target.path !== undefined) mustBeFree(target.path, target);
  const folder = dirname(target.path ?? "");
  if (!existsSync(folder)) throw new UsageError(`the folder ${folder} is not there`);
  const response = await ask(source, roomId);
  const events = Number(response.headers.get("x-stairwell-events"));
  const mediaBytes = Number(response.headers.get("x-stairwell-media-bytes"));
  const meter = new ExportMeter({ events, media: mediaBytes }, source.onProgress);
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  const file = target.path === "-" ? null : (target.path ?? nameIn(response.headers.get("content-disposition")));
  try {
    if (file === null) await pipeline(body, meter, process.stdout as Writable, { end: false });
    else await writeWhole(body, meter, file, target);
  } catch (error) {
    body.destroy();
    source.signal.throwIfAborted();
    if (error instanceof UsageError || isOfTheFile(error)) throw error;
    throw new Error(`the server ended the export in the middle; ${leftOf(target)}. Try again.`, { cause: error });
  }
  return { room_id: roomId, file, events, media_bytes: mediaBytes, bytes: meter.soFar.bytes };
}

/** What is there of an export that ended in the middle. */
export function leftOf({ path }: Pick<ExportTarget, "path">): string {
  return path === "-" ? "what came of it is no whole bundle" : "nothing was written";
}

async function ask({ baseUrl, token, signal }: ExportSource, roomId: string): Promise<Response> {
  const path = bundles.exportRoom.path.replace("{room_id}", encodeURIComponent(roomId));
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(baseUrl + path, { headers, signal, redirect: "error" });
  if (response.ok && response.body !== null) return response;
  const retryAfter = response.headers.get("retry-after");
  throw new StairwellApiError(
    response.status,
    parsed(await response.text()),
    response.headers.get("x-request-id"),
    retryAfter === null ? undefined : Number(retryAfter),
  );
}

async function writeWhole(body: Readable, meter: ExportMeter, file: string, target: ExportTarget): Promise<void> {
  mustBeFree(file, target);
  const part = `${file}.part`;
  try {
    await pipeline(body, meter, createWriteStream(part, { flush: true }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function mustBeFree(file: string, { mayReplace }: ExportTarget): void {
  if (file === "-" || !existsSync(file)) return;
  if (statSync(file).isDirectory()) throw new UsageError(`${file} is a folder: name a file in it`);
  if (!mayReplace) {
    throw new UsageError(`${file} is there already; --force writes over it`);
  }
}

/** What the server calls it, if that is a name and no path. */
function nameIn(disposition: string | null): string {
  return /filename="([A-Za-z0-9][A-Za-z0-9._-]*)"/.exec(disposition ?? "")?.[1] ?? "room.zip";
}

/** The disk is full, or the folder is not there: what the system says of the file is said. */
function isOfTheFile(error: unknown): boolean {
  const { path, code, syscall } = error as NodeJS.ErrnoException;
  return path !== undefined || code === "ENOSPC" || syscall === "write";
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
