import type { Outcome, Receipt } from "./plan.ts";
import { Samples } from "./samples.ts";

interface Kept {
  ask: number;
  text: string;
}

/** Adds up one run. Every latency is kept, so quantiles are exact; answers are parsed only after the clock stopped. */
export class Tally {
  asks = 0;
  readonly faults: string[] = [];
  readonly #keepReceipts: boolean;
  readonly #latencies = new Samples();
  readonly #kept: Kept[] = [];
  #bytes = 0;

  constructor(keepReceipts: boolean) {
    this.#keepReceipts = keepReceipts;
  }

  answer(ask: number, latencyMs: number, isExpected: boolean, status: number, body: Buffer): void {
    this.#latencies.add(latencyMs);
    this.#bytes += body.length;
    if (!isExpected) this.faults.push(`ask ${ask}: ${status} ${body.toString("utf8", 0, 300)}`);
    else if (this.#keepReceipts) this.#kept.push({ ask, text: body.toString() });
  }

  outcome(seconds: number, loadCpuSeconds: number): Outcome {
    return {
      asks: this.asks,
      answers: this.#latencies.count,
      seconds,
      ...this.#latencies.quantiles(),
      loadCpuSeconds,
      bytes: this.#bytes,
      faults: this.faults,
      receipts: this.#kept.map(receipt),
    };
  }
}

function receipt({ ask, text }: Kept): Receipt {
  const { data } = JSON.parse(text) as { data: { id: string; stream_position?: number } };
  return { ask, id: data.id, position: data.stream_position ?? null };
}
