import type { ClientFrame, ServerFrame } from "@stairwell/protocol/stream";

/** How a connection ended: by the server's close code, or 1006 where it was lost. */
export interface Ended {
  readonly code: number;
  readonly reason: string;
}

/** What is asked of a WebSocket: those of browsers and of Node are such. */
export type WebSocketMaker = new (address: string) => WebSocket;

export interface SocketParts {
  readonly webSocket: WebSocketMaker;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Milliseconds of silence after which the server is asked whether it is there; its own heartbeat unless given. */
  readonly silenceMs: number | undefined;
}

const LOST: Ended = { code: 1006, reason: "" };
/** A server that does not say hello in this time is taken to be gone. */
const HELLO_MS = 30_000;

/**
 * One connection. What a browser does not see, a server that is silent, it finds out by asking: two silences are the end.
 */
export class Socket {
  /** Settles when it is over; a connection that never came about ended too. */
  readonly ended: Promise<Ended>;
  readonly #socket: WebSocket;
  readonly #end: (ended: Ended) => void;
  #timer: ReturnType<typeof setTimeout>;
  #isAsked = false;
  /** Whether the server said hello. */
  isOpen = false;

  constructor(address: string, { webSocket, onFrame, silenceMs }: SocketParts) {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    this.ended = promise;
    this.#end = resolve;
    this.#timer = setTimeout(() => this.cut(), HELLO_MS);
    this.#socket = new webSocket(address);
    let beatMs = HELLO_MS;
    this.#socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data)) as ServerFrame;
      if (frame.type === "hello") {
        this.isOpen = true;
        beatMs = silenceMs ?? frame.heartbeat_ms;
      }
      this.#isAsked = false;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(beatMs), beatMs);
      if (frame.type !== "pong") onFrame(frame);
    };
    this.#socket.onclose = ({ code, reason }) => this.#over({ code, reason });
    // A close follows it, which says more.
    this.#socket.onerror = () => {};
  }

  say(frame: ClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Ends it, and waits for nothing. A repeat, or after its end, changes nothing. */
  cut(): void {
    this.#socket.onmessage = null;
    this.#socket.close();
    this.#over(LOST);
  }

  #ask(beatMs: number): void {
    if (this.#isAsked) return this.cut();
    this.#isAsked = true;
    this.#timer = setTimeout(() => this.#ask(beatMs), beatMs);
    this.say({ type: "ping" });
  }

  #over(ended: Ended): void {
    this.isOpen = false;
    clearTimeout(this.#timer);
    this.#end(ended);
  }
}
