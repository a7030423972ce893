import type { Receipt } from "../plan.ts";

/** A room of a crowd, and where its log ends when the crowd sits down. */
export interface CrowdRoom {
  id: string;
  head: number;
}

/** One person with one open stream, in one room. */
export interface Seat {
  token: string;
  /** Index into `Crowd.rooms`. */
  room: number;
}

/** People who keep their streams open from run to run. */
export interface Crowd {
  rooms: readonly CrowdRoom[];
  seats: readonly Seat[];
}

/** What a crowd does for a while. */
export interface CrowdPlan {
  /** Indexes of the seats that send, each into its own room. */
  senders: readonly number[];
  /**
   * `window`: each sender keeps so many sends under way, each over when it was acknowledged and came back on the sender's
   * own stream. `sendsPerSecond`: the senders in turn, whatever the server does meanwhile.
   */
  pace: { window: number } | { sendsPerSecond: number; readsPerSecond?: number };
  seconds: number;
}

export interface Latency {
  /** Milliseconds. */
  p50: number;
  p99: number;
}

export interface CrowdOutcome {
  sends: number;
  /** Events that came to somebody; all that were due, or `faults` says which are missing. */
  deliveries: number;
  reads: number;
  /** Until the last acknowledgement and the last delivery. */
  seconds: number;
  /** From the send to its acknowledgement. */
  sending: Latency;
  /** The same of each send, in no order: runs can be put together. */
  sendingMs: Float64Array;
  /** From the send to each delivery. */
  delivery: Latency;
  reading: Latency;
  /** CPU seconds the load process used. */
  loadCpuSeconds: number;
  faults: string[];
  /** Their `ask` is the index of the room. */
  receipts: Receipt[];
}
