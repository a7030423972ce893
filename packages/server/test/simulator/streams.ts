import { Duplex } from "node:stream";
import type { Fqid } from "@stairwell/protocol";
import type { Actor } from "../../src/auth/index.ts";
import { eventsDue } from "./rows.ts";
import type { Running } from "./running.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

interface Frame {
  readonly type: string;
  readonly cursor?: string;
  readonly room_id?: string;
  readonly stream_position?: number;
  readonly id?: string;
}

/** Somebody who reads their stream, over however many connections that takes, and holds it to what a stream is (ST1 to ST3). */
export class Reader {
  readonly fqid: Fqid;
  readonly #world: World;
  readonly #server: SimServer;
  readonly #who: Actor;
  /** The cursor of the last frame. */
  #cursor: string | null = null;
  /** The commits of their server up to which they need no event: they began there, or reloaded. */
  #from = 0;
  readonly #got = new Set<string>();
  /** Up to where they have each room. */
  readonly #positions = new Map<string, number>();
  #socket: Duplex | undefined;
  isOver = false;

  constructor(world: World, server: SimServer, who: Actor) {
    this.fqid = who.fqid;
    this.#world = world;
    this.#server = server;
    this.#who = who;
  }

  /** Reads for as long as the world lasts. */
  async read(): Promise<void> {
    const { schedule } = this.#world;
    const dice = this.#world.dice(`reader ${this.fqid}`);
    while (!this.isOver) {
      await this.#server.whileUp(({ openStream }) => this.#connect(openStream));
      this.#socket?.destroy();
      await new Promise<void>((resolve) => void schedule.after(dice.int(1, 5000), "", resolve));
    }
  }

  /** Settles when the connection is over. */
  #connect(openStream: Running["openStream"]): Promise<void> {
    return new Promise((resolve) => {
      const socket: Duplex = new Duplex({
        read() {},
        write: (bytes: Buffer, _encoding, taken) => {
          // What a dead connection still brings, nobody hears.
          if (this.#socket === socket && !this.isOver) for (const frame of framesIn(bytes)) this.#take(frame);
          taken();
        },
      });
      this.#socket = socket;
      openStream(this.#who, socket, this.#cursor, resolve);
    });
  }

  #take({ type, cursor, room_id: room, stream_position: position, id }: Frame): void {
    this.#world.schedule.trace.say(`${this.fqid} reads ${type} ${room ?? ""} ${position ?? ""}`);
    const isAnew = type === "reset" || (type === "hello" && this.#cursor === null);
    if (isAnew) this.#from = Number.parseInt(cursor!.split(".")[1]!, 36);
    // What they were told may not be so any more: they load everything anew.
    if (type === "reset") {
      this.#got.clear();
      this.#positions.clear();
    }
    if (cursor !== undefined) this.#cursor = cursor;
    if (room === undefined || position === undefined || id === undefined) return;
    if (this.#got.has(id)) this.#world.violated(`I21 ${this.fqid} is told twice of ${id} in ${room} at ${position}`);
    if (position <= (this.#positions.get(room) ?? 0))
      this.#world.violated(`I21 ${this.fqid} is told of ${position} of ${room} after ${this.#positions.get(room)}`);
    this.#got.add(id);
    this.#positions.set(room, position);
  }

  /** I21: what was due to them and did not come. */
  missing(): string | undefined {
    const due = eventsDue(this.#server, this.fqid, this.#from);
    // Who is leaving a room hears no more of it, until that comes to nothing (FD13).
    const missed = due.find(({ id, room }) => !this.#got.has(id) && !this.#server.leavings.has(`${this.fqid} ${room}`));
    return missed && `I21 ${this.fqid} was not told of ${missed.id} in ${missed.room} at ${missed.position}`;
  }
}

/** The frames in what a server writes: text, final, not masked. */
function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const [start, size] =
      short < 126
        ? [at + 2, short]
        : short === 126
          ? [at + 4, bytes.readUInt16BE(at + 2)]
          : [at + 10, Number(bytes.readBigUInt64BE(at + 2))];
    frames.push(JSON.parse(bytes.toString("utf8", start, start + size)) as Frame);
    at = start + size;
  }
  return frames;
}
