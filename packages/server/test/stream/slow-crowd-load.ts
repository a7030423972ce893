/**
 * A crowd at its streams, in a process of its own: the first of them read slowly when they are told to. Told what to do
 * by its parent, one order at a time.
 */
import { WebSocket } from "ws";

export type Order =
  | { do: "open"; url: string; credentials: readonly string[]; slow: number }
  | { do: "slow down" }
  | { do: "report" }
  | { do: "hurry"; head: number };

export type Told =
  | { opened: true }
  | { all: number }
  | { p50: number; p99: number; count: number }
  | { codes: (number | undefined)[]; faults: string[] };

/** What a slow one reads in a second. */
const TRICKLE_BYTES = 1024;

class Listener {
  readonly #url: string;
  readonly #credential: string;
  #socket!: WebSocket;
  #cursor = "";
  #onMoved: () => void = () => {};
  position = 0;
  fault: string | undefined;
  closed!: Promise<number>;

  constructor(url: string, credential: string) {
    this.#url = `${url.replace(/^http/, "ws")}/v1/stream`;
    this.#credential = credential;
  }

  /** Opens the stream, from where it was left if it was open before; settles with its hello. */
  open(): Promise<void> {
    const since = this.#cursor === "" ? "" : `?since=${this.#cursor}`;
    const headers = { authorization: `Bearer ${this.#credential}` };
    this.#socket = new WebSocket(this.#url + since, { headers, perMessageDeflate: false });
    this.closed = new Promise((resolve) => this.#socket.once("close", resolve));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.on("error", reject);
    this.#socket.on("message", (frame: Buffer) => {
      this.#hear(frame);
      resolve();
    });
    return promise;
  }

  /** From now on it reads a little each second. */
  slowDown(): void {
    this.#socket.pause();
    const { _socket: socket } = this.#socket as unknown as { _socket: { read(bytes: number): unknown } };
    const timer = setInterval(() => socket.read(TRICKLE_BYTES), 1000);
    this.#socket.once("close", () => clearInterval(timer));
  }

  hurry(): void {
    this.#socket.resume();
  }

  async until(position: number): Promise<void> {
    while (this.position < position) await new Promise<void>((resolve) => (this.#onMoved = resolve));
  }

  #hear(frame: Buffer): void {
    // Frames are large: only their ends are looked at.
    const end = frame.toString("latin1", Math.max(0, frame.length - 400));
    this.#cursor = /"cursor":"([^"]+)"/.exec(end)?.[1] ?? this.#cursor;
    const position = /"stream_position":(\d+)/.exec(end)?.[1];
    if (position === undefined) return;
    if (this.position > 0 && Number(position) !== this.position + 1) this.fault = `${position} after ${this.position}`;
    this.position = Number(position);
    const at = /"at":([\d.]+)/.exec(frame.toString("latin1", 0, 400))?.[1];
    if (at !== undefined && !slow.has(this)) latencies.push(performance.timeOrigin + performance.now() - Number(at));
    this.#onMoved();
    moved();
  }
}

const crowd: Listener[] = [];
const slow = new Set<Listener>();
let fast: Listener[] = [];
let latencies: number[] = [];
let told = 0;

function tell(what: Told): void {
  process.send!(what);
}

/** Tells when everybody who reads has come further. */
function moved(): void {
  if (fast.length === 0 || latencies.length % fast.length !== 0) return;
  const all = Math.min(...fast.map(({ position }) => position));
  if (all <= told) return;
  told = all;
  tell({ all });
}

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case "open": {
      const { credentials, slow: few } = order;
      crowd.push(...credentials.map((credential) => new Listener(order.url, credential)));
      for (let i = 0; i < crowd.length; i += 50) {
        await Promise.all(crowd.slice(i, i + 50).map((listener) => listener.open()));
      }
      for (const listener of crowd.slice(0, few)) slow.add(listener);
      fast = crowd.slice(few);
      return tell({ opened: true });
    }
    case "slow down":
      return slow.forEach((listener) => listener.slowDown());
    case "report": {
      const sorted = latencies.sort((a, b) => a - b);
      latencies = [];
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      return tell({ p50: at(0.5), p99: at(0.99), count: sorted.length });
    }
    case "hurry": {
      for (const listener of slow) listener.hurry();
      const codes = await Promise.all([...slow].map(({ closed }) => closed));
      for (const listener of slow) await listener.open();
      await Promise.all(crowd.map((listener) => listener.until(order.head)));
      return tell({ codes, faults: crowd.flatMap(({ fault }) => fault ?? []) });
    }
  }
}

process.on("message", (order: Order) => {
  obey(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
