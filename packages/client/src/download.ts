import type { RequestOf, Route } from "@stairwell/protocol/api";
import type { CallOptions, Part } from "./call.ts";
import { metered, type OnProgress } from "./progress.ts";

/** A route that answers bytes. */
export type DownloadRoute = Route & { readonly bytes: string };

/** What a download takes. */
export type DownloadOf<R extends DownloadRoute> = Part<"params", RequestOf<R>["params"]> &
  Part<"query", RequestOf<R>["query"]> &
  Pick<CallOptions, "signal" | "timeoutMs"> & {
    /** Told of bytes as they are read. */
    readonly onProgress?: OnProgress | undefined;
  };

/** Bytes that are coming. Whoever does not read `body` to its end cancels it. */
export interface Download {
  /** Fails where the server or the network ends in the middle: what came until then is not whole. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes; undefined where they are not known beforehand. */
  readonly size: number | undefined;
  readonly mimeType: string | null;
  /** What the server would call a file of it. */
  readonly fileName: string | undefined;
  readonly headers: Headers;
}

/** A room that is coming as a bundle. */
export interface RoomDownload extends Download {
  /** So many events are in it, and so many bytes of media. */
  readonly events: number;
  readonly mediaBytes: number;
}

export function downloadOf(response: Response, onProgress: OnProgress | undefined): Download {
  const { headers } = response;
  const length = headers.get("content-length");
  const size = length === null ? undefined : Number(length);
  const body = response.body ?? new Blob([]).stream();
  return {
    body: onProgress === undefined ? body : metered(body, size, onProgress),
    size,
    mimeType: headers.get("content-type"),
    fileName: fileNameIn(headers.get("content-disposition")),
    headers,
  };
}

export function roomDownloadOf(download: Download): RoomDownload {
  const count = (header: string): number => Number(download.headers.get(header) ?? 0);
  return { ...download, events: count("x-stairwell-events"), mediaBytes: count("x-stairwell-media-bytes") };
}

/** Of both forms the one that can say more (RFC 6266). */
function fileNameIn(disposition: string | null): string | undefined {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  return extended === undefined ? /filename="([^"]*)"/.exec(disposition ?? "")?.[1] : decodeURIComponent(extended);
}
