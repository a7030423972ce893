import type { Random } from "@stairwell/testing";
import type { Bus } from "../../src/bus/index.ts";

/** A bus that is well by its own word, and loses, doubles, delays and reorders what it carries. */
export class FaultyBus implements Bus {
  readonly hasOthers = true;
  readonly isWell = true;
  readonly fault = undefined;
  readonly #bus: Bus;
  readonly #random: Random;

  constructor(bus: Bus, random: Random) {
    this.#bus = bus;
    this.#random = random;
  }

  publish(subject: string, bytes: Uint8Array): void {
    for (let copies = this.#random.int(0, 3) - 1; copies > 0; copies--) {
      setTimeout(() => this.#bus.publish(subject, bytes), this.#random.int(0, 50));
    }
  }

  subscribe(subject: string, hear: (bytes: Uint8Array) => void): void {
    this.#bus.subscribe(subject, hear);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
