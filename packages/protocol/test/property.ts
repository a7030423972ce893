import fc from "fast-check";

const isLong = process.env["STAIRWELL_TEST_LONG"] === "1";
const given = process.env["STAIRWELL_SEED"];

/**
 * Asserts a property of random values: a tenth of `runs` in `npm test`, all in `npm run test:long`. A failure names its
 * seed and the smallest value that fails; `STAIRWELL_SEED` runs a seed again.
 */
export function always<T>(values: fc.Arbitrary<T>, runs: number, holds: (value: T) => void): void {
  fc.assert(
    fc.property(values, (value) => holds(value)),
    { numRuns: isLong ? runs : Math.ceil(runs / 10), ...(given === undefined ? {} : { seed: Number(given) }) },
  );
}
