import { createHash } from "node:crypto";

/** Everything that happened in a world, as a hash: two runs of a seed are the same if it is. */
export class Trace {
  readonly #hash = createHash("sha256");
  readonly #print: ((line: string) => void) | undefined;
  lines = 0;

  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  say(line: string): void {
    this.lines++;
    this.#hash.update(`${line}\n`);
    this.#print?.(line);
  }

  /** So far. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
