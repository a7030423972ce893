import { createServer, type IncomingMessage, request as forward, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
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

/** A proxy to a store over HTTP that harms what goes through it as a test says. */
export class FaultProxy {
  /** What happens to each request from now on. */
  fault: Fault | ((request: IncomingMessage) => Fault | undefined) | undefined;
  /** What was asked, in the order it came: methods, and the names of what the query says beside the signature. */
  readonly seen: string[] = [];
  readonly #done = new EventEmitter();
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
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  /** Settles when a request was done whose answer does not come. */
  async answerless(): Promise<void> {
    await once(this.#done, "done");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
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
      if (part.length > 0 && !response.write(part))
        await Promise.race([once(response, "drain"), once(response, "close")]);
      if (left > 0) continue;
      answer.resume();
      if (typeof fault === "object" && "cutAfter" in fault) response.destroy();
      return;
    }
    response.end();
  }
}
