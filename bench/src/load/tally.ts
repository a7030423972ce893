import { quantile } from "../measure/spread.ts";
import type { Outcome, Receipt } from "./plan.ts";

interface Kept {
  ask: number;
  text: string;
}

/** Adds up one run. Every latency is kept, so quantiles are exact; answers are parsed only after the clock stopped. */
export class Tally {
  asks = 0;
  readonly faults: string[] = [];
  readonly #keepReceipts: boolean;
  readonly #latencies: number[] = [];
  readonly #kept: Kept[] = [];
  #bytes = 0;

  constructor(keepReceipts: boolean) {
    this.#keepReceipts = keepReceipts;
  }

  answer(ask: number, latencyMs: number, isExpected: boolean, status: number, body: Buffer): void {
    this.#latencies.push(latencyMs);
    this.#bytes += body.length;
    if (!isExpected) this.faults.push(`ask ${ask}: ${status} ${body.toString("utf8", 0, 300)}`);
    else if (this.#keepReceipts) this.#kept.push({ ask, text: body.toString() });
  }

  outcome(seconds: number, loadCpuSeconds: number): Outcome {
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      asks: this.asks,
      answers: sorted.length,
      seconds,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
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
