import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";

/** Bytes of each message: together far more than sockets between two processes hold. */
const MESSAGE_BYTES = 30_000;
const MESSAGES = 480;

/** A room that is too large to be sent to somebody who does not read. */
export async function largeRoom(server: TestServer, creator: Person, others: readonly Person[] = []): Promise<string> {
  await server.liftLimits();
  const room = await creator.roomWith(others);
  for (let i = 0; i < MESSAGES; i += 30) {
    const many = Array.from({ length: 30 }, () => creator.say(room, randomBytes(MESSAGE_BYTES).toString("base64")));
    await Promise.all(many);
  }
  return room;
}

/** Somebody who asks for an export and reads no more than its head, until they are told to. */
export class SlowReader {
  readonly #socket: Socket;
  readonly status: number;
  #received: Buffer;

  private constructor(socket: Socket, status: number, received: Buffer) {
    this.#socket = socket;
    this.status = status;
    this.#received = received;
  }

  static start(url: string, credential: string, room: string): Promise<SlowReader> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.once("error", reject);
      socket.write(
        `GET /v1/rooms/${room}/export HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n` +
          `Authorization: Bearer ${credential}\r\n\r\n`,
      );
      socket.once("data", (bytes) => {
        socket.pause();
        socket.removeListener("error", reject);
        resolve(new SlowReader(socket, Number(bytes.toString("latin1", 9, 12)), bytes));
      });
    });
  }

  go(): void {
    this.#socket.destroy();
  }

  /** Reads to the end; undefined when the answer was cut off. */
  async rest(): Promise<Buffer<ArrayBuffer> | undefined> {
    const parts = [this.#received];
    try {
      for await (const part of this.#socket) parts.push(part as Buffer);
    } catch {
      return undefined;
    }
    return unchunked(Buffer.concat(parts));
  }
}

/** The body of an answer in chunks (RFC 9112, section 7.1); undefined without its last. */
function unchunked(answer: Buffer): Buffer<ArrayBuffer> | undefined {
  const parts: Buffer[] = [];
  for (let at = answer.indexOf("\r\n\r\n") + 4; at < answer.length;) {
    const end = answer.indexOf("\r\n", at);
    if (end === -1) return undefined;
    const size = Number.parseInt(answer.toString("latin1", at, end), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(answer.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return undefined;
}

/** Mints a token, so that there is a credential to take away. */
export async function token(person: Person): Promise<{ token: string; revoke: () => Promise<void> }> {
  const { data } = assertOk(await person.post("/v1/me/tokens", { name: "for exports" }));
  return {
    token: data.token,
    revoke: async () => void assertOk(await person.delete(`/v1/me/tokens/${data.token_id ?? data.id}`)),
  };
}
