import type { OutgoingHttpHeaders } from "node:http";
import { type LastLine, PROGRESS_LINES } from "@stairwell/protocol/api";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Milliseconds between two looks at how far a call is. */
export const LOOK_EVERY_MS = 1000;
/** Looks after which what was said last is said again: proxies end what is silent for half a minute. */
const SILENT_LOOKS = 10;

/** Whether a caller takes an answer line by line. */
export function takesLines({ raw: { headers } }: FastifyRequest): boolean {
  return (headers.accept ?? "").toLowerCase().includes(PROGRESS_LINES);
}

/**
 * The answer to a call that takes long: nothing is said while it may still be short; from the first look on at which it is
 * under way, how far it is, line by line. Whether the call succeeds is in the last line then: its status went before it was
 * known.
 */
export class ProgressLines {
  readonly #reply: FastifyReply;
  readonly #begin: () => void;
  readonly #timer: NodeJS.Timeout;
  #newest: object | undefined;
  #said: object | undefined;
  #silentLooks = 0;
  #headers: OutgoingHttpHeaders | undefined;

  /** `onBegin`: the headers of every answer are set there, before the first line. */
  constructor(reply: FastifyReply, onBegin: () => void, everyMs: number) {
    this.#reply = reply;
    this.#begin = onBegin;
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
    reply.raw.once("close", () => clearInterval(this.#timer));
  }

  /** How far the call is now; what is told twice between two looks is said once. */
  readonly tell = (progress: object): void => {
    this.#newest = progress;
  };

  /** Ends it with an answer's body, JSON; false where no line has gone, and the answer is to be sent as any other. */
  end(status: number, body: string): boolean {
    clearInterval(this.#timer);
    if (this.#headers === undefined) return false;
    const headers = Object.entries(this.#reply.getHeaders()).filter(([name]) => !(name in this.#headers!));
    const last: Omit<LastLine, "body"> = {
      status,
      headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    };
    this.#reply.raw.end(`${JSON.stringify(last).slice(0, -1)},"body":${body}}\n`);
    return true;
  }

  #look(): void {
    const { raw } = this.#reply;
    if (this.#newest === undefined) return;
    if (this.#newest === this.#said && ++this.#silentLooks < SILENT_LOOKS) return;
    // Whoever does not read is told the newest once they do.
    if (raw.writableNeedDrain) return;
    if (this.#headers === undefined) this.#writeHead();
    this.#silentLooks = 0;
    this.#said = this.#newest;
    raw.write(`${JSON.stringify({ progress: this.#said })}\n`);
  }

  #writeHead(): void {
    this.#begin();
    this.#headers = this.#reply.getHeaders() as OutgoingHttpHeaders;
    this.#reply.hijack();
    this.#reply.raw.writeHead(200, {
      ...this.#headers,
      "content-type": PROGRESS_LINES,
      "cache-control": "no-store",
      // nginx would keep the lines until there are many.
      "x-accel-buffering": "no",
    });
  }
}
