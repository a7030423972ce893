import type { Duplex } from "node:stream";

/** A socket with what is due to it. */
export interface Way {
  readonly socket: Duplex;
  due: Buffer[];
}

/** Writes what became due to a socket in one turn of the event loop in one piece; the same frames are joined once. */
export class JoinedWrites {
  #ways: Way[] = [];

  push(way: Way, frame: Buffer): void {
    if (way.due.push(frame) > 1) return;
    if (this.#ways.push(way) === 1) setImmediate(() => this.#write());
  }

  #write(): void {
    const ways = this.#ways;
    this.#ways = [];
    let last: readonly Buffer[] = [];
    let joined = Buffer.alloc(0);
    for (const way of ways) {
      const { due } = way;
      way.due = [];
      if (!isSame(due, last)) joined = due.length === 1 ? (due[0] as Buffer<ArrayBuffer>) : Buffer.concat(due);
      last = due;
      way.socket.write(joined);
    }
  }
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((frame, index) => frame === b[index]);
}

/** An unmasked text frame of less than 64 KiB. */
export function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const header = size < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(header + size);
  frame[0] = 0x81;
  frame[1] = size < 126 ? size : 126;
  if (header === 4) frame.writeUInt16BE(size, 2);
  frame.write(text, header, "utf8");
  return frame;
}
