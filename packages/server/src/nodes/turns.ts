import type { Db, Reader } from "../db/index.ts";
import { dropLease, findHolder, holdsLease, takeLease } from "./nodes.store.ts";
import { NO_TENANT } from "./scope.ts";

/** What one node at a time does, for as long as it has something to do. A turn goes with the node that had it. */
export interface Turns {
  /** Whether there are others to take turns with. */
  readonly isShared: boolean;
  /** False while it is another node's; a repeat of whoever has it changes nothing. */
  take(name: string): Promise<boolean>;
  /** Whether this node still has it: a node that hung was taken for dead meanwhile. */
  holds(reader: Reader, name: string): Promise<boolean>;
  end(name: string): Promise<void>;
}

/** Of a node that has its store for itself. */
export const OWN_TURNS: Turns = {
  isShared: false,
  async take() {
    return true;
  },
  async holds() {
    return true;
  },
  async end() {},
};

/** As rows that go with the node. */
export function turnsOf(db: Db, nodeId: string): Turns {
  return {
    isShared: true,
    async take(name) {
      const holder = await findHolder(db, name);
      if (holder !== undefined) return holder === nodeId;
      return db.write(NO_TENANT, async (tx) => {
        await takeLease(tx, name, nodeId);
        return holdsLease(tx, name, nodeId);
      });
    },
    holds: (reader, name) => holdsLease(reader, name, nodeId),
    async end(name) {
      await db.write(NO_TENANT, (tx) => dropLease(tx, name, nodeId));
    },
  };
}
