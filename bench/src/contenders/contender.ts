import type { ServerProcess } from "./server-process.ts";

/** A system under load that speaks the API's requests. One file each in this folder. */
export interface Contender {
  readonly name: string;
  /** What it promises when it answers a write. */
  readonly durability: string;
  /** Makes a tenant without limits and `people` participants in a fresh folder; resolves with their bearer tokens. */
  prepare(folder: string, people: number): Promise<string[]>;
  /** Serves the folder on the given cores; resolves when it is ready. */
  serve(folder: string, cores: string | null): Promise<ServerProcess>;
  /** Runs one of its commands and answers what it printed; throws on any exit code but 0. Not every system has some. */
  readonly command?: (words: readonly string[]) => Promise<string>;
}
