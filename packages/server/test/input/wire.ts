import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";

/** An answer as it came. */
export interface Heard {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  data?: unknown;
  meta?: unknown;
  error?: { code: string; message: string; details?: { path: string; reason: string }[]; request_id: string };
}

export interface Said {
  method: string;
  /** As it is sent, unlike in `fetch`, which tidies it. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Without a Content-Length. */
  chunked?: boolean;
}

/** Sends requests as they are written, over kept connections. */
export class Wire {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  say({ method, path, headers = {}, body, chunked = false }: Said): Promise<Heard> {
    return new Promise((resolve, reject) => {
      const asking = request({ agent: this.#agent, host: "127.0.0.1", port: this.#port, method, path });
      for (const [name, value] of Object.entries(headers)) asking.setHeader(name, value);
      asking.on("error", reject);
      asking.on("response", (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const parsed = (text.startsWith("{") ? JSON.parse(text) : {}) as Pick<Heard, "data" | "meta" | "error">;
          resolve({ ...parsed, status: answer.statusCode!, headers: answer.headers, text });
        });
      });
      if (body === undefined) {
        if (method !== "GET" && method !== "HEAD" && !chunked) asking.setHeader("content-length", "0");
        asking.end();
      } else if (chunked) {
        asking.write(body);
        asking.end();
      } else {
        asking.setHeader("content-length", Buffer.byteLength(body));
        asking.end(body);
      }
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Sends bytes as they are and reads until the other side closes; what came, in Latin-1. */
export function sayRaw(url: string, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (part) => parts.push(part));
    // A reset after the answer is as good an end as any; what matters is what came before it.
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
  });
}
