/** A median with its range. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** The q-quantile (0..1) of sorted numbers by nearest rank; NaN of none. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}

/** Median (the mean of the middle two of an even number) and range. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const median = Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
  return { median, low: sorted[0]!, high: sorted.at(-1)! };
}

/** Spread of the ratios of two series measured in the same rounds. */
export function ratioSpread(of: readonly number[], to: readonly number[]): Spread {
  return spread(of.map((number, round) => number / to[round]!));
}
