import { createServer, type IncomingMessage, request as forward, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { EventEmitter, once } from "node:events";
import type { TestContext } from "node:test";

/** What stands between does to a request; undefined lets it through. */
export type Fault =
  /** The connection ends at once, as where nobody listens. */
  | "down"
  /** Nothing is answered, and the connection stays. */
  | "silent"
  /** This status is answered, and nothing is passed on. */
  | { status: number }
  /** So many bytes of the answer come, and then the connection ends. */
  | { cutAfter: number }
  /** So many bytes of the answer come, and then nothing. */
  | { stallAfter: number }
  /** What was asked is done, and then the connection ends without an answer. */
  | "answer lost"
  /** What was asked is done, and its answer never comes. */
  | "answer held"
  /** One byte of the answer is another. */
  | "spoilt"
  /** A range is answered with the whole. */
  | "no ranges";

/** A proxy to a server over HTTP, or to its WebSockets, that harms what goes through it as a test says. */
export class FaultProxy {
  /** What happens to each request from now on. */
  fault: Fault | ((request: IncomingMessage) => Fault | undefined) | undefined;
  /** What was asked, in the order it came: methods, and the names of what the query says beside the signature. */
  readonly seen: string[] = [];
  readonly #done = new EventEmitter();
  /** Both ends of each WebSocket that goes through. */
  readonly #streams = new Map<Socket, Socket>();
  readonly #server: Server;
  /** Where all goes; another address once what stands there was started again. */
  target: string;

  private constructor(target: string, server: Server) {
    this.target = target;
    this.#server = server;
  }

  static async start(t: Pick<TestContext, "after">, target: string): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(target, server);
    server.on("request", (request, response) => proxy.#pass(request, response));
    server.on("upgrade", (request, socket, head) => proxy.#upgrade(request, socket as Socket, head));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      proxy.cut();
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  /** Settles when a request was done whose answer does not come. */
  async answerless(): Promise<void> {
    await once(this.#done, "done");
  }

  /** Ends all WebSockets that go through, without a word; answers how many there were. */
  cut(): number {
    const { size } = this.#streams;
    for (const [near, far] of this.#streams) {
      near.destroy();
      far.destroy();
    }
    return size;
  }

  /** Settles when no WebSocket goes through. */
  async empty(): Promise<void> {
    while (this.#streams.size > 0) await once(this.#done, "closed");
  }

  /** Lets nothing more through on the WebSockets that are there, and leaves them open. */
  hush(): void {
    for (const ends of this.#streams) for (const end of ends) end.unpipe();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #upgrade(request: IncomingMessage, near: Socket, head: Buffer): void {
    near.on("error", () => near.destroy());
    const { pathname, searchParams } = new URL(request.url!, this.target);
    this.seen.push(["UPGRADE", ...searchParams.keys()].join(" "));
    const fault = typeof this.fault === "function" ? this.fault(request) : this.fault;
    if (fault === "down") return void near.destroy();
    if (fault !== undefined && fault !== "silent") throw new Error(`no such fault of a WebSocket at ${pathname}`);
    if (fault === "silent") return;
    const { hostname, port } = new URL(this.target);
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    const headers = request.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
    far.write([`GET ${request.url} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
    far.write(head);
    this.#streams.set(near, far);
    far.on("error", () => far.destroy());
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.pipe(other);
      one.on("close", () => {
        other.destroy();
        this.#streams.delete(near);
        this.#done.emit("closed");
      });
    }
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const names = [...new URL(request.url!, this.target).searchParams.keys()];
    this.seen.push([request.method, ...names.filter((name) => !name.startsWith("X-Amz-"))].join(" "));
    const fault = typeof this.fault === "function" ? this.fault(request) : this.fault;
    if (fault === "down") return void request.socket.destroy();
    if (fault === "silent") return void request.resume();
    if (typeof fault === "object" && "status" in fault) {
      request.resume();
      return void response.writeHead(fault.status).end();
    }
    const { range, ...whole } = request.headers;
    const headers = fault === "no ranges" ? whole : { ...whole, ...(range !== undefined && { range }) };
    const onward = forward(this.target + request.url!, { method: request.method!, headers });
    onward.on("error", () => request.socket.destroy());
    onward.on("response", (answer) => void this.#answer(answer, response, fault));
    request.pipe(onward);
  }

  async #answer(answer: IncomingMessage, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    if (fault === "answer lost" || fault === "answer held") {
      answer.resume();
      this.#done.emit("done");
      return fault === "answer lost" ? void response.destroy() : undefined;
    }
    response.writeHead(answer.statusCode!, answer.headers);
    let left = typeof fault !== "object" ? Infinity : "cutAfter" in fault ? fault.cutAfter : 0;
    if (typeof fault === "object" && "stallAfter" in fault) left = fault.stallAfter;
    let isSpoilt = fault === "spoilt";
    for await (const bytes of answer as AsyncIterable<Buffer>) {
      if (isSpoilt) bytes[0]! ^= 1;
      isSpoilt = false;
      const part = bytes.subarray(0, left);
      left -= part.length;
      if (part.length > 0 && !response.write(part)) await drained(response);
      if (left > 0) continue;
      answer.resume();
      if (typeof fault === "object" && "cutAfter" in fault) response.destroy();
      return;
    }
    response.end();
  }
}

/** Settles when more can be written, or nothing any more. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  await Promise.race(["drain", "close"].map((event) => once(response, event, { signal: over.signal })));
  over.abort();
}
