import { StairwellError } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import { dropLease, holdsLease, listLeases, takeLease } from "./nodes.store.ts";

/** Keeps what a node is at from others that take away what dead nodes have left. */
export interface Holds {
  /** Part of the transaction that begins it. */
  take(tx: Tx, name: string): Promise<void>;
  /** Part of each further one. `SW_UNAVAILABLE` when this node was taken for dead meanwhile. */
  confirm(tx: Tx, name: string): Promise<void>;
  /** Part of the one that ends it. */
  drop(tx: Tx, name: string): Promise<void>;
  /** What is held by any node. */
  list(reader: Reader): Promise<ReadonlySet<string>>;
}

/** Of a node that has its store for itself: what it is at, nobody takes away. */
export const OWN_HOLDS: Holds = {
  async take() {},
  async confirm() {},
  async drop() {},
  async list() {
    return new Set();
  },
};

/** As rows that go with the node. */
export function holdsOf(nodeId: string): Holds {
  return {
    async take(tx, name) {
      await takeLease(tx, name, nodeId);
    },
    async confirm(tx, name) {
      if (await holdsLease(tx, name, nodeId)) return;
      throw new StairwellError("SW_UNAVAILABLE", { message: "The server lost touch with its store; begin again." });
    },
    async drop(tx, name) {
      await dropLease(tx, name, nodeId);
    },
    async list(reader) {
      return new Set(await listLeases(reader));
    },
  };
}
