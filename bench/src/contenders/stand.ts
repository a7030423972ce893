import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { LoadProcess } from "../load/load-process.ts";
import type { Cores } from "../measure/cores.ts";
import type { Contender } from "./contender.ts";
import type { ServerProcess } from "./server-process.ts";

/** A contender that serves a folder of its own, with the tokens of its people. */
export interface Instance extends ServerProcess {
  folder: string;
  tokens: string[];
}

/** The system that is judged and the floor that it is judged by. */
export interface Pair<T = Instance> {
  subject: T;
  floor: T;
}

/** Where one workload stands: fresh folders, the contenders, the load. */
export class Stand {
  readonly contenders: Pair<Contender>;
  readonly cores: Cores | null;
  readonly load = new LoadProcess();
  readonly #folder: string;
  readonly #removeFolder = (): void => rmSync(this.#folder, { recursive: true, force: true });
  readonly #served = new Set<ServerProcess>();

  private constructor(contenders: Pair<Contender>, cores: Cores | null, folder: string) {
    this.contenders = contenders;
    this.cores = cores;
    this.#folder = folder;
    process.once("exit", this.#removeFolder);
  }

  static async set(contenders: Pair<Contender>, cores: Cores | null, parent: string): Promise<Stand> {
    return new Stand(contenders, cores, await mkdtemp(join(parent, "stairwell-bench-")));
  }

  /** An empty, unused folder. */
  freshFolder(): Promise<string> {
    return mkdtemp(join(this.#folder, "data-"));
  }

  /** Starts a contender on a fresh folder with `people` participants. */
  async open(who: keyof Pair | Contender, people: number): Promise<Instance> {
    const folder = await this.freshFolder();
    const tokens = await this.#contender(who).prepare(folder, people);
    return Object.assign(await this.serve(who, folder), { folder, tokens });
  }

  async serve(who: keyof Pair | Contender, folder: string): Promise<ServerProcess> {
    const served = await this.#contender(who).serve(folder, this.cores?.server ?? null);
    this.#served.add(served);
    return served;
  }

  /** Stops a server that somebody else started, when all is over. */
  keep(served: ServerProcess): void {
    this.#served.add(served);
  }

  /** Stops a server; throws when it does not end by itself with exit code 0. */
  async stop(served: ServerProcess): Promise<void> {
    this.#served.delete(served);
    const { exitCode } = await served.stop();
    if (exitCode !== 0) throw new Error(`a contender ended with exit code ${exitCode}`);
  }

  #contender(who: keyof Pair | Contender): Contender {
    return typeof who === "string" ? this.contenders[who] : who;
  }

  /** Stops what still runs and removes every folder. */
  async clear(): Promise<void> {
    this.load.stop();
    for (const served of this.#served) await served.stop();
    process.off("exit", this.#removeFolder);
    this.#removeFolder();
  }
}
