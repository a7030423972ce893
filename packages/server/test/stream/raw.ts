import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import type { Person } from "@stairwell/testing";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A client's frame, byte by byte: masked and final unless said. */
export function frame(opcode: number, payload: string | Buffer, { mask = true, fin = true, rsv = 0 } = {}): Buffer {
  const data = Buffer.from(payload);
  const size =
    data.length < 126 ? Buffer.from([data.length]) : data.length < 65_536 ? Buffer.alloc(3, 126) : Buffer.alloc(9, 127);
  if (size.length === 3) size.writeUInt16BE(data.length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(data.length), 1);
  if (mask) size[0]! |= 0x80;
  const key = mask ? randomBytes(4) : Buffer.alloc(0);
  if (mask) for (let i = 0; i < data.length; i++) data[i]! ^= key[i % 4]!;
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), size, key, data]);
}

/** The head of an upgrade; a header that is given replaces the usual one, null leaves it out. */
export function upgrade(
  url: string,
  { path = "/v1/stream", method = "GET", ...headers }: Record<string, string | null> = {},
): string {
  const { host } = new URL(url);
  const all: Record<string, string | null | undefined> = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value == null ? [] : [`${name}: ${value}\r\n`]));
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A connection on which a test writes what no client would. */
export class RawStream {
  readonly socket: Socket;
  /** All bytes that came. */
  bytes = Buffer.alloc(0);
  readonly ended: Promise<void>;

  private constructor(t: Pick<TestContext, "after">, url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on("data", (chunk: Buffer) => (this.bytes = Buffer.concat([this.bytes, chunk])));
    this.ended = new Promise((resolve) => this.socket.on("close", () => resolve()));
    // A connection that was cut is what some tests wait for.
    this.socket.on("error", () => {});
    t.after(() => this.socket.destroy());
  }

  static async connect(t: Pick<TestContext, "after">, url: string): Promise<RawStream> {
    const raw = new RawStream(t, url);
    await once(raw.socket, "connect");
    return raw;
  }

  /** A stream of this person, after its hello. */
  static async open(t: Pick<TestContext, "after">, person: Person): Promise<RawStream> {
    const raw = await RawStream.connect(t, person.url);
    raw.socket.write(upgrade(person.url, { Authorization: `Bearer ${person.credential}` }));
    await raw.until('"type":"hello"');
    return raw;
  }

  /** Writes a request head and waits for the whole refusal: the server ends the connection after it. */
  static async ask(t: Pick<TestContext, "after">, url: string, head: string): Promise<Refusal> {
    const raw = await RawStream.connect(t, url);
    raw.socket.write(head);
    await raw.ended;
    return refusalIn(raw.bytes.toString());
  }

  /** Waits until these words came. */
  async until(words: string): Promise<void> {
    while (!this.bytes.includes(words)) await this.more();
  }

  /** Waits for the server's close frame, and does not answer it. */
  async untilClose(): Promise<void> {
    while (closeCodeIn(this.bytes) === undefined) await this.more();
  }

  more(): Promise<void> {
    return new Promise((resolve) => this.socket.once("data", () => resolve()));
  }

  write(...frames: (Buffer | string)[]): void {
    this.socket.write(Buffer.concat(frames.map((one) => Buffer.from(one))));
  }

  /** Waits for the server's close frame, ends the connection, and answers its code; undefined when there was none. */
  async closeCode(): Promise<number | undefined> {
    for (;;) {
      const code = closeCodeIn(this.bytes);
      if (code !== undefined || this.socket.destroyed) {
        this.socket.end();
        await this.ended;
        return code;
      }
      await Promise.race([this.ended, this.more()]);
    }
  }
}

/** Looks through a server's frames, from the end of the answer's head on. */
function closeCodeIn(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf("\r\n\r\n") + 4; at + 4 <= bytes.length;) {
    if (bytes[at] === 0x88) return bytes.readUInt16BE(at + 2);
    const size = bytes[at + 1]!;
    if (size < 126) at += 2 + size;
    else if (size === 126) at += 4 + bytes.readUInt16BE(at + 2);
    else at += 10 + Number(bytes.readBigUInt64BE(at + 2));
  }
  return undefined;
}

/** How an upgrade was refused. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  error: { code: string; message: string; rule?: string; request_id: string; details?: unknown };
  /** All of it, as it came. */
  text: string;
}

function refusalIn(text: string): Refusal {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [first = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(": ", 2) as [string, string]));
  const { error } = (body.startsWith("{") ? JSON.parse(body) : {}) as Pick<Refusal, "error">;
  return { status: Number(first.split(" ")[1]), headers, error, text };
}
