import type { Bus } from "../bus/index.ts";

/** What an operator sees of a node among others: whether the bus answers it, and how many nodes it knows of. */
export class NodeMetrics {
  readonly #bus: Pick<Bus, "fault">;
  readonly #countNodes: () => number;

  constructor(bus: Pick<Bus, "fault">, countNodes: () => number) {
    this.#bus = bus;
    this.#countNodes = countNodes;
  }

  /** The Prometheus text form. */
  expose(): string {
    const lines = [
      "# HELP stairwell_bus_up Whether the bus to other servers on the store answers; 1 where there is none.",
      "# TYPE stairwell_bus_up gauge",
      `stairwell_bus_up ${this.#bus.fault === undefined ? 1 : 0}`,
      "# HELP stairwell_nodes Servers on the store that this one knows of, itself among them.",
      "# TYPE stairwell_nodes gauge",
      `stairwell_nodes ${this.#countNodes()}`,
    ];
    return `${lines.join("\n")}\n`;
  }
}
