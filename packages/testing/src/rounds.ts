import { randomInt } from "node:crypto";

/** How many rounds of a test to run: all of them in `npm run test:long`, a tenth otherwise, or as many as said. */
export function rounds(long: number, usual = Math.ceil(long / 10)): number {
  return process.env.STAIRWELL_TEST_LONG === "1" ? long : usual;
}

/** What was drawn in this process, by where it was asked for. */
const drawn: string[] = [];
process.once("exit", (code) => {
  if (code !== 0 && drawn.length > 0) console.error(`A test failed in a process that drew ${drawn.join(", ")}.`);
});

/** A fresh seed for a random test, or the one in `STAIRWELL_SEED`; put it into the failure's message. */
export function freshSeed(): number {
  const given = process.env.STAIRWELL_SEED;
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  const caller = /\((?:file:\/\/)?(?:.*\/)?([^/]+:\d+):\d+\)$|at (?:file:\/\/)?(?:.*\/)?([^/]+:\d+):\d+$/;
  const [, inFunction, atTop] = caller.exec(new Error("here").stack!.split("\n")[2] ?? "") ?? [];
  drawn.push(`seed ${seed} at ${inFunction ?? atTop ?? "?"}`);
  return seed;
}

/** Starts all at once, each as soon as all are ready. */
export function atOnce<T>(count: number, start: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => start(i)));
}
