import { Type } from "@stairwell/protocol/schema";
import { type Bus, type Channel, channelOf } from "../bus/index.ts";
import type { Rate } from "../lib/token-bucket.ts";

/** How long uses gather before the other nodes are told, in milliseconds. */
const GATHERED_MS = 100;

const Uses = Type.Object({
  uses: Type.Array(
    Type.Object({ key: Type.String(), count: Type.Integer(), perHour: Type.Integer(), burst: Type.Integer() }),
  ),
});
type Used = { key: string; count: number; perHour: number; burst: number };

/**
 * What of a rate is used on other nodes: each tells the others, some tenths of a second late. While they cannot be told,
 * each gives out its share of the rate only.
 */
export class UsesElsewhere {
  readonly #bus: Bus;
  readonly #channel: Channel<{ uses: Used[] }>;
  readonly #countNodes: () => number;
  #gathered = new Map<string, Used>();

  /** `name` tells rates apart; `apply` is called for each use of another node. */
  constructor(
    { bus, countNodes }: { bus: Bus; countNodes: () => number },
    name: string,
    apply: (key: string, count: number, rate: Rate) => void,
  ) {
    this.#bus = bus;
    this.#countNodes = countNodes;
    this.#channel = channelOf(bus, `rates.${name}`, Uses);
    this.#channel.hear(({ uses }) => {
      for (const { key, count, perHour, burst } of uses) apply(key, count, { per_second: perHour / 3600, burst });
    });
  }

  /** A use on this node; negative where something is given back. */
  add(key: string, count: number, rate: Rate): void {
    if (!this.#bus.hasOthers) return;
    const used = this.#gathered.get(key);
    if (used !== undefined) {
      used.count += count;
      return;
    }
    if (this.#gathered.size === 0) setTimeout(() => this.#tell(), GATHERED_MS).unref();
    this.#gathered.set(key, { key, count, perHour: Math.round(rate.per_second * 3600), burst: rate.burst });
  }

  /** What of a rate this node gives out. */
  shareOf(rate: Rate): Rate {
    if (!this.#bus.hasOthers || this.#bus.isWell) return rate;
    const nodes = this.#countNodes();
    return { per_second: rate.per_second / nodes, burst: Math.max(1, rate.burst / nodes) };
  }

  #tell(): void {
    const uses = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#channel.tell({ uses });
  }
}
