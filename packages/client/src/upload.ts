import type { ProgressOf, RequestOf, Route } from "@stairwell/protocol/api";
import type { CallOptions } from "./call.ts";
import { metered, type OnProgress } from "./progress.ts";

/** A route that takes a file. */
export type UploadRoute = Route & { readonly form: NonNullable<Route["form"]> };

/**
 * A file to send: a `Blob` or `File`, which in Node `openAsBlob(path)` makes of a file without reading it; or a stream of
 * bytes, which can be sent once only. In browsers, which do not stream requests, a stream is held in memory first.
 */
export type FileSource = Blob | ReadableStream<Uint8Array<ArrayBuffer>>;

/** What an upload takes. */
export interface UploadOf<R extends UploadRoute> extends CallOptions {
  readonly file: FileSource;
  /** What the file is called; that of a `File` unless given. */
  readonly name?: string | undefined;
  /** The texts beside it. */
  readonly form?: RequestOf<R>["form"];
  /**
   * Told of the file's bytes as they go. Browsers tell nothing of a request under way: there it is told at the end alone.
   */
  readonly onProgress?: OnProgress | undefined;
  /**
   * Told about once a second how far the server is with what was sent, where that takes long and the server tells. What it
   * throws ends the call, of which it is not known then what came.
   */
  readonly onWork?: ((progress: ProgressOf<R>) => void) | undefined;
}

/** An upload without its types, as the transport sees it. */
export interface PlainUpload extends CallOptions {
  readonly file: FileSource;
  readonly name?: string | undefined;
  readonly form?: unknown;
  readonly onProgress?: OnProgress | undefined;
  readonly onWork?: ((progress: never) => void) | undefined;
}

interface Multipart {
  readonly type: string;
  readonly before: Uint8Array<ArrayBuffer>;
  readonly after: Uint8Array<ArrayBuffer>;
}

/** The body of an upload and the headers that go with it. Once `over` fires a source is read no further. */
export async function bodyOf(
  { file, name, form, onProgress }: PlainUpload,
  over: AbortSignal,
): Promise<{ headers: Record<string, string>; body: NonNullable<RequestInit["body"]>; duplex?: "half" }> {
  const { type, before, after } = multipart(nameOf(file, name), (form ?? {}) as Readonly<Record<string, unknown>>);
  const headers = { "content-type": type };
  const total = file instanceof Blob ? file.size : undefined;
  if (!streamsRequests()) {
    const whole = file instanceof Blob ? file : await new Response(file).blob();
    return { headers, body: new Blob([before, whole, after]) };
  }
  if (file instanceof Blob && onProgress === undefined) return { headers, body: new Blob([before, file, after]) };
  const bytes = file instanceof Blob ? (file.stream() as ReadableStream<Uint8Array<ArrayBuffer>>) : file;
  const measured = onProgress === undefined ? bytes : metered(bytes, total, onProgress);
  return { headers, body: joined(before, measured, after, over), duplex: "half" };
}

/** Whether an upload can be sent again: what was streamed is gone. */
export function isRepeatableSource({ file }: PlainUpload): boolean {
  return file instanceof Blob;
}

/** Node does. Of browsers some do, over some connections: none is asked to. */
export function streamsRequests(): boolean {
  return !("document" in globalThis) && !("WorkerGlobalScope" in globalThis);
}

function nameOf(file: FileSource, given: string | undefined): string {
  return given ?? (file instanceof Blob && "name" in file && typeof file.name === "string" ? file.name : "file");
}

/** What stands around the file's bytes (RFC 7578), names escaped as browsers do. */
function multipart(name: string, form: Readonly<Record<string, unknown>>): Multipart {
  const boundary = `stairwell-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const texts = Object.entries(form).filter(([, value]) => value !== undefined);
  const fields = texts.map(
    ([key, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(key)}"\r\n\r\n${String(value)}\r\n`,
  );
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escaped(name)}"\r\n` +
    "Content-Type: application/octet-stream\r\n\r\n";
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    before: encoder.encode(fields.join("") + head),
    after: encoder.encode(`\r\n--${boundary}--\r\n`),
  };
}

function escaped(text: string): string {
  return text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

function joined(
  before: Uint8Array<ArrayBuffer>,
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  after: Uint8Array<ArrayBuffer>,
  over: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = bytes.getReader();
  let isBegun = false;
  return new ReadableStream({
    async pull(controller) {
      // Whoever sends it may go on taking from it when nobody waits for the answer any more.
      if (over.aborted) {
        controller.error(over.reason);
        return reader.cancel(over.reason);
      }
      if (!isBegun) {
        isBegun = true;
        return controller.enqueue(before);
      }
      const { done, value } = await reader.read();
      if (value !== undefined) return controller.enqueue(value);
      if (!done) return;
      controller.enqueue(after);
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
