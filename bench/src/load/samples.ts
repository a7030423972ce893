import { quantile } from "../measure/spread.ts";

/** Numbers of one run, all kept, so that quantiles are exact; millions of them cost eight bytes each. */
export class Samples {
  #numbers = new Float64Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(number: number): void {
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count++] = number;
  }

  /** All of them, in no order. */
  numbers(): Float64Array {
    return this.#numbers.slice(0, this.#count);
  }

  /** Median and 99th percentile; NaN of none. */
  quantiles(): { p50: number; p99: number } {
    const sorted = this.#numbers.subarray(0, this.#count).sort();
    return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
  }
}
