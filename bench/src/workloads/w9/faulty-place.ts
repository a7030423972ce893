import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Address } from "../../load/plan.ts";

/** How a server is reached: as it should be, not at all, with all bytes coming seconds later, or now and then. */
export type Condition = "well" | "dead" | "slow" | "flapping";

const SLOW_MS = 3000;
const FLAP_MS = 500;

/** The only way to a server, over real sockets, which may be in any condition. */
export class FaultyPlace {
  readonly port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #delayMs = 0;
  #flapping: NodeJS.Timeout | undefined;

  /** `port`: a free one of loopback. */
  constructor(port: number) {
    this.port = port;
  }

  /** Begins, in good condition. */
  async open(to: Address): Promise<void> {
    const server = createServer((near) => this.#carry(near, to)).listen(this.port, "127.0.0.1");
    this.#server = server;
    await once(server, "listening");
  }

  /** From now on it is so; it stays so until it is closed. */
  become(condition: Condition, to: Address): void {
    if (condition === "slow") this.#delayMs = SLOW_MS;
    if (condition === "dead") this.#shut();
    if (condition !== "flapping") return;
    this.#flapping = setInterval(() => {
      if (this.#server !== undefined) this.#shut();
      else void this.open(to);
    }, FLAP_MS);
  }

  close(): void {
    clearInterval(this.#flapping);
    this.#shut();
  }

  #shut(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  #carry(near: Socket, to: Address): void {
    const far = connect(to.port, to.host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay();
      socket.on("data", (bytes: Buffer) => {
        if (this.#delayMs === 0) other.write(bytes);
        else setTimeout(() => other.destroyed || other.write(bytes), this.#delayMs);
      });
      socket.on("error", () => {});
      socket.once("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
