import type { Bus } from "./port.ts";

/** Nodes of one process, for tests of several: each hears what the others publish, in a later turn of the loop. */
export class InProcessBus {
  readonly #nodes = new Set<Node>();

  join(): Bus {
    const node = new Node(this.#nodes);
    this.#nodes.add(node);
    return node;
  }
}

class Node implements Bus {
  readonly hasOthers = true;
  readonly isWell = true;
  readonly fault = undefined;
  readonly #nodes: Set<Node>;
  readonly #hearers = new Map<string, ((bytes: Uint8Array) => void)[]>();

  constructor(nodes: Set<Node>) {
    this.#nodes = nodes;
  }

  publish(subject: string, bytes: Uint8Array): void {
    for (const node of this.#nodes) {
      if (node !== this) setImmediate(() => node.#hear(subject, bytes));
    }
  }

  subscribe(subject: string, hear: (bytes: Uint8Array) => void): void {
    const hearers = this.#hearers.get(subject);
    if (hearers === undefined) this.#hearers.set(subject, [hear]);
    else hearers.push(hear);
  }

  async close(): Promise<void> {
    this.#nodes.delete(this);
    this.#hearers.clear();
  }

  #hear(subject: string, bytes: Uint8Array): void {
    for (const hear of this.#hearers.get(subject) ?? []) hear(bytes);
  }
}
