import type { DatabaseSync } from "node:sqlite";

interface Joined {
  write: () => string;
  answer: (text: string) => void;
}

/**
 * Group commit: every write that joins in one turn of the event loop shares one transaction and one sync; nothing is
 * answered before the commit has returned. A write that throws ends the process: the floor validates nothing.
 */
export class WriteGroup {
  readonly #database: DatabaseSync;
  #joined: Joined[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  join(write: () => string, answer: (text: string) => void): void {
    // The check phase comes after every socket that was readable in this turn has been read.
    if (this.#joined.length === 0) setImmediate(() => this.#commit());
    this.#joined.push({ write, answer });
  }

  #commit(): void {
    const group = this.#joined;
    this.#joined = [];
    this.#database.exec("BEGIN IMMEDIATE");
    const texts = group.map((joined) => joined.write());
    this.#database.exec("COMMIT");
    for (const [index, joined] of group.entries()) joined.answer(texts[index]!);
  }
}
