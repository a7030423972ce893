/**
 * Counts durations or sizes by label, for `/metrics`. To observe costs an array increment: this runs for every
 * request and every commit.
 */
export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** `bounds` are the upper bounds of the buckets, ascending, without infinity. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  /** A series of its own; look it up once and keep it. The same labels give the same series. */
  series(labels: Readonly<Record<string, string>> = {}): Series {
    const key = labelText(labels);
    let series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, (series = new Series(this.#bounds)));
    return series;
  }

  /** The Prometheus text form. */
  expose(): string {
    const name = this.#name;
    const lines = [`# HELP ${name} ${this.#help}`, `# TYPE ${name} histogram`];
    for (const [labels, series] of this.#series) {
      let below = 0;
      this.#bounds.forEach((bound, i) => {
        below += series.counts[i]!;
        lines.push(`${name}_bucket{${labels}le="${bound}"} ${below}`);
      });
      const braces = labels === "" ? "" : `{${labels.slice(0, -1)}}`;
      lines.push(`${name}_bucket{${labels}le="+Inf"} ${series.count}`);
      lines.push(`${name}_sum${braces} ${series.sum}`, `${name}_count${braces} ${series.count}`);
    }
    return `${lines.join("\n")}\n`;
  }
}

/** The counts of one set of labels. */
export class Series {
  readonly counts: Float64Array;
  readonly #bounds: readonly number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length);
  }

  observe(value: number): void {
    this.sum += value;
    this.count++;
    for (let i = 0; i < this.#bounds.length; i++) {
      if (value <= this.#bounds[i]!) {
        this.counts[i]!++;
        return;
      }
    }
  }
}

/** Seconds, from half a millisecond to ten seconds. */
export const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Every label ends with a comma, so that `le` can follow. */
function labelText(labels: Readonly<Record<string, string>>): string {
  const quoted = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)},`);
  return quoted.join("");
}
