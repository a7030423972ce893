import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Address } from "../plan.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import type { FrameSink } from "./frame-splitter.ts";
import { maskedPong } from "./masked-frame.ts";

export interface StreamEvents {
  text(bytes: Buffer, start: number, end: number): void;
  /** Everything of one read has been told. */
  read(): void;
  /** At most once, when the stream ends before `close`. */
  lost(why: string): void;
}

/** One socket is read at a time, and its bytes are used before the next: they can all share one buffer. */
const READ = Buffer.allocUnsafeSlow(256 * 1024);
/** One source address has 28,000 ports for one server. */
const STREAMS_A_SOURCE = 20_000;

/** One stream, by hand: no library between the socket and the count, which would cost more than the server's side. */
export class StreamConnection {
  readonly #socket: Socket;
  readonly #events: StreamEvents;
  #frames: Buffer[] = [];
  #isClosed = false;

  private constructor(socket: Socket, events: StreamEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  /**
   * Opens the stream number `n` and waits for the server's first words: what is committed before those is not due to it.
   * Rejects when the server does not answer 101.
   */
  static open(address: Address, token: string, n: number, events: StreamEvents): Promise<StreamConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<StreamConnection>();
    let head = "";
    let splitter: FrameSplitter | undefined;
    const read = (length: number): boolean => {
      try {
        if (splitter !== undefined) splitter.push(READ.subarray(0, length));
        else {
          head += READ.toString("latin1", 0, length);
          const end = head.indexOf("\r\n\r\n");
          if (end === -1) return true;
          if (!head.startsWith("HTTP/1.1 101")) throw new Error(`no stream: ${head.slice(0, 300)}`);
          splitter = new FrameSplitter(connection.#sink(() => resolve(connection)));
          splitter.push(Buffer.from(head.slice(end + 4), "latin1"));
        }
        events.read();
      } catch (error) {
        reject(error as Error);
        connection.#lose((error as Error).message);
      }
      return true;
    };
    const socket = connect({
      ...address,
      localAddress: `127.0.0.${1 + Math.floor(n / STREAMS_A_SOURCE)}`,
      noDelay: true,
      onread: { buffer: READ, callback: read },
    });
    const connection = new StreamConnection(socket, events);
    socket.on("error", (error) => {
      reject(error);
      connection.#lose(error.message);
    });
    socket.on("close", () => connection.#lose("the server closed a stream"));
    socket.write(
      `GET /v1/stream HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n` +
        `Authorization: Bearer ${token}\r\n\r\n`,
    );
    return promise;
  }

  /** Keeps a frame for the next `flush`. */
  queue(frame: Buffer): void {
    this.#frames.push(frame);
  }

  /** Sends what was queued in one write. */
  flush(): void {
    if (this.#frames.length === 0 || this.#isClosed) return;
    this.#socket.write(this.#frames.length === 1 ? this.#frames[0]! : Buffer.concat(this.#frames));
    this.#frames = [];
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #sink(onFirst: () => void): FrameSink {
    let isGreeted = false;
    return {
      text: (bytes, start, end) => {
        this.#events.text(bytes, start, end);
        if (!isGreeted) onFirst();
        isGreeted = true;
      },
      ping: (payload) => this.queue(maskedPong(payload)),
      close: (code) => this.#lose(`the server ended a stream with ${code}`),
    };
  }

  #lose(why: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.lost(why);
  }
}
