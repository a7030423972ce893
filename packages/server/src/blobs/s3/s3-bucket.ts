import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { S3mini, S3ServiceError } from "s3mini";
import type { ByteRange } from "../blob-store.ts";
import { S3Fault } from "./s3-fault.ts";
import { bucketUrl, type S3Options } from "./s3-options.ts";
import { faultOf, S3Transport, taken } from "./s3-transport.ts";

const TYPE = "application/octet-stream";
/** A signature is made for one request, which begins at once; our clock may be as far behind the store's as for any other. */
const SIGNED_SECONDS = 15 * 60;
const PAGE = 1000;
/** Of requests that take as long as the store does. */
const CONNECTIONS = 64;
/** Of blobs that are read, each of which takes as long as its reader. */
const READING = 1024;

/** A part of a file that is sent. */
export interface Piece {
  readonly path: string;
  readonly range: ByteRange | null;
  /** Bytes. */
  readonly size: number;
}

interface Body {
  readonly body: string | Readable;
  /** Bytes. */
  readonly size: number;
  readonly md5: string;
}

export interface Listed {
  readonly key: string;
  /** Unix milliseconds, by the store's clock. */
  readonly modifiedAt: number;
}

/**
 * The requests of one bucket, each attempted once; all fail with `S3Fault`. Small ones are the signing library's own; what
 * carries a blob is signed by it and streamed here, in the memory of a buffer.
 */
export class S3Bucket {
  readonly #s3: S3mini;
  readonly #transport: S3Transport;
  /** Of its own: slow readers, however many, must not be in the way of what is put and removed. */
  readonly #reading: S3Transport;

  constructor(options: S3Options, silenceMs: number) {
    this.#transport = new S3Transport(silenceMs, CONNECTIONS);
    this.#reading = new S3Transport(silenceMs, READING);
    this.#s3 = new S3mini({
      accessKeyId: options.accessKey,
      secretAccessKey: options.secretKey,
      endpoint: bucketUrl(options),
      region: options.region,
      fetch: this.#transport.fetch as typeof fetch,
    });
  }

  async put(key: string, piece: Piece): Promise<void> {
    await this.#send(key, piece, {});
  }

  beginParts(key: string): Promise<string> {
    return asked(this.#s3.getMultipartUploadId(key, TYPE));
  }

  async putPart(key: string, uploadId: string, partNumber: number, piece: Piece) {
    const { etag } = await this.#send(key, piece, { partNumber: String(partNumber), uploadId });
    return { partNumber, etag: etag ?? "" };
  }

  async endParts(key: string, uploadId: string, parts: { partNumber: number; etag: string }[]): Promise<void> {
    const { etag } = await asked(this.#s3.completeMultipartUpload(key, uploadId, parts));
    // Stores begin to answer 200 before they know; then the body says what went wrong.
    if (!etag) throw new S3Fault(500, "the parts were not joined");
  }

  abortParts(key: string, uploadId: string): Promise<unknown> {
    return asked(this.#s3.abortMultipartUpload(key, uploadId));
  }

  /** The answer to a request for bytes, not read yet; undefined when there is no such object. */
  async get(key: string, range: ByteRange | undefined): Promise<IncomingMessage | undefined> {
    const url = await this.#s3.getPresignedUrl("GET", key, SIGNED_SECONDS);
    const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
    const response = await this.#reading.send(url, { method: "GET", headers });
    if (response.statusCode === (range === undefined ? 200 : 206) && isOf(response, range)) return response;
    const fault = await refusalOf(response);
    if (fault.status === 404 && fault.code === "NoSuchKey") return undefined;
    throw fault;
  }

  /** All of a small object; undefined when there is no such object. */
  async getText(key: string): Promise<string | undefined> {
    const response = await this.get(key, undefined);
    return response && (await taken(response)).toString();
  }

  async putText(key: string, text: string): Promise<void> {
    const md5 = createHash("md5").update(text).digest("base64");
    await this.#sendBody(key, { body: text, size: Buffer.byteLength(text), md5 }, {});
  }

  /** Of one that is not there too. */
  async remove(key: string): Promise<void> {
    await asked(this.#s3.deleteObject(key));
  }

  /** A page of the keys that begin so, in no order that matters, and where the next one begins. */
  async list(prefix: string, from: string | undefined): Promise<{ objects: Listed[]; next: string | undefined }> {
    const page = await asked(this.#s3.listObjectsPaged("/", prefix, PAGE, from));
    if (page == null) throw new S3Fault(404, "NoSuchBucket");
    const objects = (page.objects ?? []).map((each) => ({ key: each.Key, modifiedAt: each.LastModified.getTime() }));
    return { objects, next: page.nextContinuationToken };
  }

  close(): void {
    this.#transport.close();
    this.#reading.close();
  }

  /** The store holds what it gets against the length and the MD5, and refuses what is other than was sent. */
  async #send(key: string, { path, range, size }: Piece, query: Record<string, string>) {
    const source = () => createReadStream(path, range ?? {});
    const digest = createHash("md5");
    for await (const bytes of source()) digest.update(bytes as Buffer);
    return this.#sendBody(key, { body: source(), size, md5: digest.digest("base64") }, query);
  }

  async #sendBody(key: string, { body, size, md5 }: Body, query: Record<string, string>) {
    const check = { "content-md5": md5 };
    const url = await this.#s3.getPresignedUrl("PUT", key, SIGNED_SECONDS, query, check);
    const headers = { ...check, "content-type": TYPE, "content-length": String(size) };
    const response = await this.#transport.send(url, { method: "PUT", headers, body });
    if (response.statusCode !== 200) throw await refusalOf(response);
    await taken(response);
    return { etag: response.headers.etag };
  }
}

/** What the signing library met, without what it would tell of it. */
async function asked<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof S3ServiceError) throw new S3Fault(error.status, error.serviceCode ?? "Unknown");
    const fault = faultOf(error);
    throw fault instanceof S3Fault ? fault : new S3Fault(502, "what nobody understands");
  }
}

async function refusalOf(response: IncomingMessage): Promise<S3Fault> {
  const text = (await taken(response)).toString("latin1");
  return new S3Fault(response.statusCode!, /<Code>([A-Za-z]{1,64})<\/Code>/.exec(text)?.[1] ?? "Unknown");
}

/** A store, or what is before it, may answer another range than was asked for. */
function isOf({ headers }: IncomingMessage, range: ByteRange | undefined): boolean {
  return range === undefined || headers["content-range"]?.startsWith(`bytes ${range.start}-${range.end}/`) === true;
}
