import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What a request says of bytes it has or wants (RFC 9110, sections 13 and 14), as it was sent. */
export interface Conditions {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Of the answer only the headers are wanted. */
  readonly isHead: boolean;
}

/** An answer of bytes: opened only when they are to be sent, which a HEAD request and a 304 do not need. */
export interface Sendable {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly open?: () => Promise<Readable>;
  /** Lets go of what was prepared for `open`, where that is not called. */
  readonly discard?: () => Promise<void>;
}

export function conditionsOf({ method, raw: { headers } }: FastifyRequest): Conditions {
  return {
    // Of what is not sent there are no parts (RFC 9110, section 14.2).
    range: method === "GET" ? headers.range : undefined,
    ifRange: headers["if-range"] as string | undefined,
    ifNoneMatch: headers["if-none-match"],
    isHead: method === "HEAD",
  };
}

/**
 * Sends bytes as their reader takes them. A source that fails ends the connection in the middle, so that no reader takes
 * what they got for the whole, and `onCut` is told; before its first byte it is answered as any other failure. A reader
 * who goes ends the source.
 */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  sendable: Sendable,
  onCut: (error: unknown) => void,
): Promise<void> {
  const isBodiless = request.method === "HEAD" || sendable.open === undefined;
  // Opened first: what cannot be opened is still answered as any other failure.
  const source = isBodiless ? undefined : await sendable.open!();
  reply.code(sendable.status);
  for (const [name, value] of Object.entries(sendable.headers)) reply.header(name, value);
  source?.once("error", (error) => reply.raw.headersSent && onCut(error));
  if (source !== undefined) return void reply.send(source);
  await sendable.discard?.();
  reply.hijack();
  reply.raw.writeHead(sendable.status, reply.getHeaders() as Record<string, string>).end();
}
