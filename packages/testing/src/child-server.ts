import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openReader } from "@stairwell/server/testing";
import { type Ended, launch, type Launched, type LaunchOptions } from "./launch.ts";
import { Person } from "./person.ts";
import { storeOf } from "./postgres/store-of.ts";

export interface ChildServerOptions extends Omit<LaunchOptions, "storeUrl"> {
  /** Where the data lies; a new folder, removed afterwards, unless given. */
  data?: string;
}

/** A real server in a process of its own, which can be killed and started again on the same folder. */
export class ChildServer {
  readonly data: string;
  readonly #storeUrl: string | undefined;
  readonly #options: LaunchOptions;
  #launched: Launched;
  #url = "";
  /** Milliseconds from the start of the process to its first line. */
  startMs = 0;

  private constructor(data: string, storeUrl: string | undefined, options: LaunchOptions) {
    this.data = data;
    this.#storeUrl = storeUrl;
    this.#options = options;
    this.#launched = launch(data, { ...options, storeUrl });
  }

  static async start(t: Pick<TestContext, "after">, options: ChildServerOptions = {}): Promise<ChildServer> {
    const { data = mkdtempSync(join(tmpdir(), "stairwell-")), ...rest } = options;
    const { url, release } = await storeOf(data);
    const server = new ChildServer(data, url, rest);
    t.after(async () => {
      await server.kill("SIGKILL");
      await release();
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    });
    await server.#ready(performance.now());
    return server;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#launched.pid;
  }

  /** How the present process ended, once it has. */
  get ended(): Promise<Ended> {
    return this.#launched.ended;
  }

  /** The store's rows over connections of their own, which whoever opens them closes. */
  openReader(): ReturnType<typeof openReader> {
    return openReader({ folder: this.data, url: this.#storeUrl });
  }

  /** Somebody of the tenant `dev`. Made anew after a restart, which gives the server another port. */
  person(name: string, tenant = "dev"): Person {
    return new Person(this.#url, name, `dev-${name}@${tenant}`);
  }

  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [N in keyof Names]: Person }> {
    const people = names.map((name) => this.person(name));
    await Promise.all(people.map((person) => person.signIn()));
    return people as { [N in keyof Names]: Person };
  }

  /** Sends a signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<Ended> {
    return this.#launched.kill(signal);
  }

  /** Starts the server again after `kill`, with the same options unless others are given. */
  async startAgain(options: Omit<LaunchOptions, "storeUrl"> = this.#options): Promise<void> {
    const started = performance.now();
    this.#launched = launch(this.data, { ...options, storeUrl: this.#storeUrl });
    await this.#ready(started);
  }

  async #ready(started: number): Promise<void> {
    this.#url = await this.#launched.url;
    this.startMs = performance.now() - started;
  }
}
