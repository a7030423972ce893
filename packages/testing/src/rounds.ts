import { randomInt } from "node:crypto";

/** How many rounds of a test to run: all of them in `npm run test:long`, a tenth otherwise, or as many as said. */
export function rounds(long: number, usual = Math.ceil(long / 10)): number {
  return process.env.STAIRWELL_TEST_LONG === "1" ? long : usual;
}

/** A fresh seed for a random test, or the one in `STAIRWELL_SEED`; put it into the failure's message. */
export function freshSeed(): number {
  const given = process.env.STAIRWELL_SEED;
  return given === undefined ? randomInt(2 ** 31) : Number(given);
}

/** Starts all at once, each as soon as all are ready. */
export function atOnce<T>(count: number, start: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => start(i)));
}
