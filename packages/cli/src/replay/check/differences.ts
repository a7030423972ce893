import { isDeepStrictEqual } from "node:util";

/** So many are told; the others are counted. */
const TOLD = 50;

/** What is not as it should be. */
export class Differences {
  #count = 0;
  readonly #told: string[] = [];

  add(difference: string): void {
    this.#count++;
    if (this.#told.length < TOLD) this.#told.push(difference);
  }

  get count(): number {
    return this.#count;
  }

  /** The first of them. */
  get told(): readonly string[] {
    return this.#told;
  }

  /** Adds one unless the two are equal. */
  expect(what: string, actual: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(actual, expected)) this.add(`${what} is ${shown(actual)} and should be ${shown(expected)}`);
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
