import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as requestPlain, type RequestOptions } from "node:http";
import { request as requestSecure, type RequestOptions as SecureOptions } from "node:https";
import { isIP } from "node:net";
import type { Readable } from "node:stream";
import { KeptConnections } from "./kept-connections.ts";
import { isPublicAddress } from "./public-address.ts";

/** Every address that a name has, as the system's resolver writes them. Rejects for a name that has none. */
export type Resolve = (hostname: string) => Promise<readonly { address: string }[]>;

const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true, order: "verbatim" });

/** Where a request goes. */
export interface Place {
  /** A name, or an address that the operator gave. */
  readonly hostname: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** The operator named this place: it may be on a private network. */
  readonly mayBePrivate: boolean;
}

export interface Outgoing {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** `host` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** From the first look-up to the last byte of the answer. */
  readonly deadlineMs: number;
  /** The largest answer that is taken. */
  readonly mostBytes: number;
  /** Over a connection of its own, that is not kept. */
  readonly isApart?: boolean;
  /** Takes the body of a 200 as it comes, of any size; the answer then has none. What it throws is the cause of the fault. */
  readonly into?: (body: Readable, headers: Answered["headers"]) => Promise<void>;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Why there is no answer, as a sentence without a full stop. */
export class OutboundFault extends Error {
  override readonly name = "OutboundFault";
  /** Whether the other side may have got the request: what became of it is not known then. */
  readonly mayHaveArrived: boolean;
  /** It went over a connection that was kept and is closed now, as any may be; over a new one it may go well. */
  readonly isStale: boolean;

  constructor(message: string, mayHaveArrived: boolean, options: ErrorOptions & { readonly isStale?: boolean } = {}) {
    super(message, options);
    this.mayHaveArrived = mayHaveArrived;
    this.isStale = options.isStale === true;
  }
}

/** Asks places that others name. */
export interface WayOut {
  /** `OutboundFault` for everything but a whole answer. */
  ask(place: Place, outgoing: Outgoing): Promise<Answered>;
  /** Ends what is under way, and whatever is still to come. */
  close(): void;
}

/** Addresses that are tried one after the other. */
const MOST_ADDRESSES = 4;
const MOST_HEADER_BYTES = 16 * 1024;
/** Answers of the kind "wait, there is more to come". */
const MOST_INTERIM = 4;

/**
 * The one way out to places that others name (FD21): looked up once, refused unless every address of the name is public,
 * connected to an address that was checked, TLS verified by the name, no redirects, no proxies, no compression, and a
 * deadline over all of it. Connections are kept for the next request to the same place. `OutboundFault` for everything but
 * a whole answer.
 */
export class Outbound implements WayOut {
  readonly #resolve: Resolve;
  readonly #ca: string | undefined;
  readonly #closing = new AbortController();
  readonly #kept = new KeptConnections();

  /** `ca`: whom to believe in place of the system's authorities; for tests and private networks. */
  constructor({ resolve = resolveBySystem, ca }: { resolve?: Resolve | undefined; ca?: string | undefined } = {}) {
    this.#resolve = resolve;
    this.#ca = ca;
  }

  async ask(place: Place, outgoing: Outgoing): Promise<Answered> {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), outgoing.deadlineMs);
    const signal = AbortSignal.any([ending.signal, this.#closing.signal]);
    try {
      const kept = this.#kept.find(keyOf(place), place.isSecure, (address) => this.#optionsFor(place, address));
      if (kept !== undefined && !isApart(outgoing) && !signal.aborted) {
        return await this.#exchange(place, kept, outgoing, signal);
      }
      const addresses = await orAborted(signal, this.#addressesOf(place));
      for (const [i, address] of addresses.entries()) {
        try {
          return await this.#exchange(place, address, outgoing, signal);
        } catch (error) {
          const isLast = i === addresses.length - 1;
          if (isLast || !(error instanceof OutboundFault) || error.mayHaveArrived || signal.aborted) throw error;
        }
      }
      throw new Error("a name without an address was taken for one with some");
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends what is under way, and whatever is still to come. */
  close(): void {
    this.#closing.abort();
    this.#kept.close();
  }

  async #addressesOf({ hostname, mayBePrivate }: Place): Promise<string[]> {
    let found: readonly { address: string }[];
    try {
      found = isIP(hostname) === 0 ? await this.#resolve(hostname) : [{ address: hostname }];
    } catch (cause) {
      throw new OutboundFault(`the name ${hostname} cannot be looked up`, false, { cause });
    }
    const addresses = found.map(({ address }) => address);
    if (addresses.length === 0) throw new OutboundFault(`the name ${hostname} has no address`, false);
    // One private address among public ones is enough: which one is used is not ours to choose.
    if (!mayBePrivate && !addresses.every(isPublicAddress)) {
      throw new OutboundFault(`the name ${hostname} has an address that is not of the public internet`, false);
    }
    return addresses.slice(0, MOST_ADDRESSES);
  }

  /** How a connection is made. An address, so that nothing is looked up a second time. */
  #optionsFor(place: Place, address: string): RequestOptions & SecureOptions {
    return {
      host: address,
      port: place.port,
      ...(isIP(place.hostname) === 0 && { servername: place.hostname }),
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      ...(this.#ca !== undefined && { ca: this.#ca }),
    };
  }

  #exchange(place: Place, address: string, outgoing: Outgoing, signal: AbortSignal): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const { method, target: path, headers, body, mostBytes, into } = outgoing;
      const make = place.isSecure ? requestSecure : requestPlain;
      let isConnected = false;
      let hasBegun = false;
      const connection = this.#optionsFor(place, address);
      const fail = (reason: string, cause?: unknown): void => {
        const isStale = request.reusedSocket && !hasBegun && !signal.aborted;
        if (isStale) this.#kept.forget(place.isSecure, connection);
        reject(new OutboundFault(reason, isConnected, { cause, isStale }));
        request.destroy();
      };
      const request = make({
        ...connection,
        method,
        path,
        headers: { ...headers, ...(body === undefined ? {} : { "content-length": body.length }) },
        agent: isApart(outgoing) ? false : this.#kept.agentFor(place.isSecure),
        signal,
        maxHeaderSize: MOST_HEADER_BYTES,
      });
      request.on("socket", (socket) => {
        isConnected = request.reusedSocket;
        if (!isConnected) socket.once(place.isSecure ? "secureConnect" : "connect", () => (isConnected = true));
      });
      request.on("error", (cause) => fail(signal.aborted ? "it did not answer in time" : reasonOf(cause), cause));
      let interim = 0;
      request.on("information", () => ++interim > MOST_INTERIM && fail("it sends interim answers without an end"));
      request.on("upgrade", (_response, socket) => {
        socket.destroy();
        fail("it answers with another protocol");
      });
      request.on("response", (response) => {
        hasBegun = true;
        if (!isApart(outgoing)) this.#kept.note(keyOf(place), address);
        const isTaken = into !== undefined && response.statusCode === 200;
        const reading = isTaken
          ? into(response, response.headers).then(() => Buffer.alloc(0))
          : readWhole(response, mostBytes);
        reading.then(
          (whole) => resolve({ status: response.statusCode!, headers: response.headers, body: whole }),
          (cause: unknown) => fail(signal.aborted ? "it did not answer in time" : (cause as Error).message, cause),
        );
      });
      request.end(body);
    });
  }
}

/** What has no bound would hold a connection that others wait for. */
function isApart({ isApart, into }: Outgoing): boolean {
  return isApart === true || into !== undefined;
}

/** The same place, by the same right to be there. */
function keyOf({ hostname, port, isSecure, mayBePrivate }: Place): string {
  return `${hostname} ${port} ${isSecure} ${mayBePrivate}`;
}

async function readWhole(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const { "content-encoding": encoding, "content-length": length } = response.headers;
  if (encoding !== undefined && encoding !== "identity")
    throw new Error("its answer is compressed, which was not asked for");
  if (Number(length ?? 0) > mostBytes) throw new Error(`its answer is larger than ${mostBytes} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Error("its answer broke off", { cause });
  }
  if (bytes > mostBytes) throw new Error(`its answer is larger than ${mostBytes} bytes`);
  return Buffer.concat(chunks);
}

function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new OutboundFault("its name was not looked up in time", false));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject);
  });
}

function reasonOf(cause: Error & { code?: string }): string {
  const { code = "" } = cause;
  if (code === "ECONNREFUSED") return "it takes no connections";
  if (code === "EPROTO") return "it speaks no TLS that we do";
  if (code === "HPE_HEADER_OVERFLOW") return "its headers are too large";
  if (/^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)|CERT/.test(code)) {
    return `its TLS certificate is not good: ${cause.message}`;
  }
  return code.startsWith("HPE_") ? "its answer is not HTTP" : `the connection failed: ${cause.message}`;
}
