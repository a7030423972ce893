import { Samples } from "../samples.ts";
import type { Receipt } from "../plan.ts";
import type { CrowdOutcome } from "./plan.ts";

/** A broken server is not described for ever. */
const MOST_FAULTS = 50;

interface Kept {
  room: number;
  text: string;
}

/** Adds up one run of a crowd; acknowledgements are parsed only after the clock stopped. */
export class CrowdTally {
  readonly sending = new Samples();
  readonly delivery = new Samples();
  readonly reading = new Samples();
  readonly faults: string[];
  readsAsked = 0;
  /** Monotonic milliseconds of the last acknowledgement or delivery. */
  lastAt = performance.now();
  readonly #acks: Kept[] = [];

  constructor(faults: readonly string[]) {
    this.faults = faults.slice(0, MOST_FAULTS);
  }

  keep(room: number, ack: string): void {
    this.#acks.push({ room, text: ack });
  }

  fault(text: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(text);
  }

  outcome(seconds: number, loadCpuSeconds: number): CrowdOutcome {
    return {
      sends: this.sending.count,
      deliveries: this.delivery.count,
      reads: this.reading.count,
      seconds,
      sending: this.sending.quantiles(),
      sendingMs: this.sending.numbers(),
      delivery: this.delivery.quantiles(),
      reading: this.reading.quantiles(),
      loadCpuSeconds,
      faults: this.faults,
      receipts: this.#acks.map(receipt),
    };
  }
}

function receipt({ room, text }: Kept): Receipt {
  const { event } = JSON.parse(text) as { event: { id: string; stream_position: number } };
  return { ask: room, id: event.id, position: event.stream_position };
}
