import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StairwellApiError } from "@stairwell/client";
import { parseJson } from "@stairwell/protocol";
import { bundles, type DataOf, type MetaOf } from "@stairwell/protocol/api";

export interface ImportTarget {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Bytes that the server took, and of how many where that is known. */
  readonly onProgress: (sent: number, total: number | undefined) => void;
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

interface Answered {
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAfter: string | undefined;
  readonly body: unknown;
}

/** Brings a bundle to a server, in little memory however large it is. `StairwellApiError` for a refusal. */
export async function importFrom(target: ImportTarget, source: ImportSource): Promise<ImportMade> {
  const total = source.path === "-" ? undefined : (await stat(source.path)).size;
  const file = source.path === "-" ? process.stdin : createReadStream(source.path);
  const answered = await send(target, source, file, total);
  if (answered.status >= 300) {
    const { status, body, requestId, retryAfter } = answered;
    throw new StairwellApiError(status, body, requestId, retryAfter === undefined ? undefined : Number(retryAfter));
  }
  const { data, meta } = answered.body as {
    data: DataOf<typeof bundles.importRoom>;
    meta: MetaOf<typeof bundles.importRoom>;
  };
  return { room_id: data?.id ?? null, report: meta.report };
}

/** Not by `fetch`, which keeps a body in memory or asks for what few servers have. */
async function send(
  { baseUrl, token, signal, onProgress }: ImportTarget,
  { workspaceId, dryRun }: ImportSource,
  file: Readable,
  total: number | undefined,
): Promise<Answered> {
  const boundary = `stairwell-${randomUUID()}`;
  const fields = {
    ...(workspaceId !== undefined && { workspace_id: workspaceId }),
    ...(dryRun && { dry_run: "true" }),
  };
  const before = Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join("") +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="room.zip"\r\n` +
      "Content-Type: application/zip\r\n\r\n",
  );
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  const url = new URL(baseUrl + bundles.importRoom.path);
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    method: "POST",
    signal,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": `multipart/form-data; boundary=${boundary}`,
      ...(total !== undefined && { "content-length": before.length + total + after.length }),
    },
  });
  const answered = new Promise<Answered>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", reject);
      response.once("end", () => {
        // A refusal may come before all was sent.
        file.destroy();
        resolve({
          status: response.statusCode!,
          requestId: (response.headers["x-request-id"] as string | undefined) ?? null,
          retryAfter: response.headers["retry-after"],
          body: parsed(Buffer.concat(parts).toString()),
        });
      });
    });
  });
  let sent = 0;
  const metered = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onProgress(sent, total);
      done(null, chunk);
    },
  });
  request.write(before);
  const sending = pipeline(file, metered, request, { end: false }).then(() => request.end(after));
  // Where the server refuses in the middle the answer says why, and the sending has failed for that.
  const failed = sending.then(
    () => answered,
    (error: unknown) => Promise.race([answered, tick().then(() => Promise.reject(error as Error))]),
  );
  return Promise.race([answered, failed]);
}

/** So long may an answer that is on its way take, once its sender listens no more. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000).unref());
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
