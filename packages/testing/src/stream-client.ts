import { once } from "node:events";
import type { TestContext } from "node:test";
import { WebSocket } from "ws";
import { CLOSE } from "@stairwell/protocol/stream";
import { frameFault } from "./known-frames.ts";
import { assertOk, type Person } from "./person.ts";
import { untilQuiet } from "./postgres/quiet.ts";
import { type Frame, isEvent, StreamOrder } from "./stream-order.ts";

export type { Frame } from "./stream-order.ts";

export interface StreamOptions {
  /** How the credential goes up; by `Authorization` unless said. */
  by?: "header" | "ticket" | "query";
  /** A cursor to resume from; from now when left out. */
  since?: string;
}

/** How a stream ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Milliseconds after which what did not come is missed. */
const PATIENCE_MS = 60_000;
// Tests that mock the timers wait by the real ones.
const { setTimeout, clearTimeout } = globalThis;

/** What a server closes with; a client that closed by itself; a connection that was lost. */
const CLOSES: ReadonlySet<number> = new Set([1005, 1006, ...Object.values(CLOSE)]);

type Wanted = string | ((frame: Frame) => boolean);

/**
 * Somebody's open stream. It keeps every frame, and the cursor to come back with; its test fails when an event is
 * missing, comes twice, out of order, or is not due to the person, and when a frame or a close code is not one of the
 * protocol.
 */
export class StreamClient {
  /** Made anew when the server came up at another address. */
  person: Person;
  /** All that came, on all connections; without what answered `ask` and `settled`. */
  readonly frames: Frame[] = [];
  /** The first frame of the present connection. */
  hello: Frame = { type: "hello" };
  /** Where to resume: after the last event, or where hello said. */
  cursor = "";
  socket!: WebSocket;
  #order: StreamOrder;
  #taken = 0;
  #refs = 0;
  #closed: Closed | undefined;
  #fault: Error | undefined;
  readonly #answers = new Map<string, Frame>();
  #pongs = 0;
  readonly #watchers = new Set<() => void>();

  private constructor(person: Person) {
    this.person = person;
    this.#order = new StreamOrder(person.id);
  }

  /** Opens a stream and waits for its hello. */
  static async open(t: Pick<TestContext, "after">, person: Person, options: StreamOptions = {}): Promise<StreamClient> {
    await person.signIn();
    const client = new StreamClient(person);
    t.after(async () => {
      await client.cut();
      client.check();
    });
    await client.connect(options);
    return client;
  }

  /** Opens another connection after the former one ended. Without `since` it begins from now. */
  async connect({ by = "header", since }: StreamOptions = {}): Promise<void> {
    const { url, credential } = this.person;
    const query = new URLSearchParams(since === undefined ? {} : { since });
    if (by === "query") query.set("token", credential);
    if (by === "ticket") query.set("ticket", assertOk(await this.person.post("/v1/stream/ticket")).data.ticket);
    const headers = by === "header" ? { authorization: `Bearer ${credential}` } : {};
    if (since === undefined) this.#order.forget();
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/stream?${query.toString()}`, {
      headers,
      perMessageDeflate: false,
    });
    this.socket = socket;
    this.#closed = undefined;
    const isFirst = Promise.withResolvers<void>();
    socket.on("error", (error) => isFirst.reject(error));
    socket.on("message", (data: Buffer) => {
      this.#hear(JSON.parse(data.toString()) as Frame);
      isFirst.resolve();
    });
    socket.on("close", (code, reason) => {
      if (this.socket !== socket) return;
      this.#closed = { code, reason: reason.toString() };
      if (!CLOSES.has(code)) this.#blame(`it was closed with ${code}, which no server does`);
      isFirst.reject(new Error(`the stream of ${this.person.name} ended with ${code} ${reason.toString()}`));
      this.#wake();
    });
    await isFirst.promise;
  }

  /** Comes back with the cursor. */
  resume(): Promise<void> {
    return this.connect({ since: this.cursor });
  }

  /** Ends the connection without a word, as a lost network does. */
  async cut(): Promise<void> {
    if (this.#closed !== undefined || this.socket === undefined) return;
    const closed = once(this.socket, "close");
    this.socket.terminate();
    await closed;
  }

  /** The events so far. */
  get events(): Frame[] {
    return this.frames.filter(isEvent);
  }

  /** The next frame that was not taken yet, whatever it is. */
  next(): Promise<Frame> {
    return this.#wait(
      "a frame",
      () => this.frames[this.#taken],
      () => this.#taken++,
    );
  }

  /** Frames up to the first wanted one, by its type or by a question; they count as taken. */
  async until(wanted: Wanted): Promise<Frame[]> {
    const isWanted = typeof wanted === "string" ? (frame: Frame) => frame.type === wanted : wanted;
    const first = this.#taken;
    let at = first;
    await this.#wait(`until ${wanted.toString()}`, () => {
      for (; at < this.frames.length; at++) if (isWanted(this.frames[at]!)) return true;
      return undefined;
    });
    this.#taken = at + 1;
    return this.frames.slice(first, this.#taken);
  }

  /** The first frame of this kind among those not taken; the ones before it count as taken. */
  async find(wanted: Wanted): Promise<Frame> {
    return (await this.until(wanted)).at(-1)!;
  }

  /** Frames that came and were not taken. */
  get rest(): Frame[] {
    return this.frames.slice(this.#taken);
  }

  takeAll(): Frame[] {
    const rest = this.rest;
    this.#taken = this.frames.length;
    return rest;
  }

  say(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Says a frame with a `ref` of its own, and waits for its ack or error. */
  ask(frame: object): Promise<Frame> {
    const ref = `r${this.#refs++}`;
    this.say({ ref, ...frame });
    const answer = (): Frame | undefined => this.#answers.get(ref);
    return this.#wait(`the answer to ${JSON.stringify(frame).slice(0, 200)}`, answer, () => this.#answers.delete(ref));
  }

  /** Waits until everything that the server had for this stream is here. */
  async settled(): Promise<void> {
    await untilQuiet();
    const before = this.#pongs;
    this.say({ type: "ping" });
    await this.#wait("a pong", () => (this.#pongs > before ? true : undefined));
  }

  /** Waits until this is so; looked at with each frame. */
  async when(what: string, isSo: () => boolean): Promise<void> {
    await this.#wait(what, () => (isSo() ? true : undefined));
  }

  /** Waits for the end. */
  closed(): Promise<Closed> {
    return this.#wait("the end", () => this.#closed);
  }

  /** Throws what was wrong with the events so far. */
  check(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  #hear(frame: Frame): void {
    this.#blame(frameFault(frame));
    if (frame.type === "pong") this.#pongs++;
    else if ((frame.type === "ack" || frame.type === "error") && typeof frame.ref === "string") {
      this.#answers.set(frame.ref, frame);
    } else this.#keep(frame);
    this.#wake();
  }

  #keep(frame: Frame): void {
    this.frames.push(frame);
    if (frame.type === "hello") this.hello = frame;
    if (frame.type === "reset") this.#order.forget();
    if (isEvent(frame)) {
      this.#blame(this.#order.see(frame));
    }
    if (typeof frame.cursor === "string") this.cursor = frame.cursor;
  }

  #blame(fault: string | undefined): void {
    if (fault !== undefined) this.#fault ??= new Error(`the stream of ${this.person.name}: ${fault}`);
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async #wait<T>(what: string, look: () => T | undefined, then: () => void = () => {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const where = (): string => `the stream of ${this.person.name} waits for ${what}; since then ${brief(this.rest)}`;
    const timer = setTimeout(() => reject(new Error(`${where()} came`)), PATIENCE_MS);
    const watcher = (): void => {
      const found = look();
      if (this.#fault !== undefined) reject(this.#fault);
      else if (found !== undefined) resolve(found);
      else if (this.#closed !== undefined)
        reject(new Error(`${where()} came, and the end ${JSON.stringify(this.#closed)}`));
    };
    this.#watchers.add(watcher);
    try {
      watcher();
      const found = await promise;
      then();
      return found;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    }
  }
}

function brief(frames: readonly Frame[]): string {
  return frames.length === 0 ? "nothing" : `${JSON.stringify(frames.slice(-10)).slice(0, 1000)} …`;
}
