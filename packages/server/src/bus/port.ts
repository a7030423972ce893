/**
 * How nodes that share a store wake each other. It is never the record: the store is. What is published may be lost, come
 * late, twice or in another order, and whoever hears it looks into the store, or takes it for what it is, of the moment.
 */
export interface Bus {
  /** Whether there may be other nodes on this node's store. If not, nothing is ever published nor polled for. */
  readonly hasOthers: boolean;
  /** Whether what is published now is likely to arrive. False also where no bus is configured. */
  readonly isWell: boolean;
  /** Why a node with this bus is not all that it could be; undefined when it is, or no bus is configured. */
  readonly fault: string | undefined;
  /** Tells every other node, and not this one. Never throws and never waits: dropped when the bus is not well. */
  publish(subject: string, bytes: Uint8Array): void;
  /** Hears what other nodes publish under a subject, for as long as the bus is open. */
  subscribe(subject: string, hear: (bytes: Uint8Array) => void): void;
  close(): Promise<void>;
}
