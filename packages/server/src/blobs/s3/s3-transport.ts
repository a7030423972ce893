import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { S3Fault } from "./s3-fault.ts";

/** Of an answer that is not a blob, so many bytes are taken; a page of a listing has a tenth. */
const MOST_BYTES = 8 * 1024 * 1024;

export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

/**
 * Requests to a store, over connections that are kept. Redirects are not followed: what is signed is for one address.
 * The global `fetch` takes a file of known length whole into memory, so it is not used.
 */
export class S3Transport {
  readonly #silenceMs: number;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  /** Requests beyond so many `connections` wait until one is free. */
  constructor(silenceMs: number, connections: number) {
    this.#silenceMs = silenceMs;
    const options = { keepAlive: true, maxSockets: connections };
    this.#http = new HttpAgent(options);
    this.#https = new HttpsAgent(options);
  }

  /**
   * Sends a request; answers once the headers are there. `S3Fault` when the store cannot be reached, or is silent for
   * too long; then, and when it goes in the middle, what is read of the answer fails too.
   */
  send(url: string, { method, headers, body }: Outgoing): Promise<IncomingMessage> {
    const to = new URL(url);
    return new Promise((resolve, reject) => {
      const request =
        to.protocol === "https:"
          ? requestHttps(to, { method, headers, agent: this.#https })
          : requestHttp(to, { method, headers, agent: this.#http });
      let answer: IncomingMessage | undefined;
      request.setTimeout(this.#silenceMs, () => {
        // Whoever reads the answer may be slower than the store: that is their silence, not the store's.
        if (answer !== undefined && answer.readableLength > 0) request.socket!.setTimeout(this.#silenceMs);
        else (answer ?? request).destroy(new S3Fault(undefined, "silence"));
      });
      request.once("response", (response) => resolve((answer = response)));
      request.on("error", (error) => reject(faultOf(error)));
      if (body === undefined || typeof body === "string") request.end(body);
      else pipeline(body, request, (error) => error != null && reject(faultOf(error)));
    });
  }

  /** The same in the shape that the signing library asks for; answers are taken whole, within bounds. */
  readonly fetch = async (input: string | URL | Request, { method = "GET", headers, body }: RequestInit = {}) => {
    const response = await this.send(String(input as string), {
      method,
      headers: headers as Record<string, string>,
      ...(typeof body === "string" && body !== "" && { body }),
    });
    const bytes = await taken(response);
    const status = response.statusCode!;
    const isBodiless = status === 204 || status === 304;
    return new Response(isBodiless ? null : bytes, { status, headers: flat(response) });
  };

  /** Lets go of the connections that are kept. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** The bytes of an answer that is not a blob. */
export async function taken(response: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > MOST_BYTES) throw new S3Fault(undefined, "the answer is too long");
      parts.push(part);
    }
  } catch (error) {
    throw faultOf(error);
  }
  return Buffer.concat(parts);
}

/** What went wrong with a connection; faults of a file that was to be sent stay what they are. */
export function faultOf(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof S3Fault || path !== undefined || code === undefined) return error;
  return new S3Fault(undefined, code);
}

function flat({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}
