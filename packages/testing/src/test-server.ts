import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type Clock,
  createLog,
  openReader,
  NO_LIMITS,
  type RunningServer,
  type S3Options,
  type ServerOptions,
  startServer,
} from "@stairwell/server/testing";
import { putNewStore } from "./new-store.ts";
import { Person } from "./person.ts";
import { storeOf } from "./postgres/store-of.ts";
import { s3Of } from "./s3-of.ts";

export interface TestServerOptions extends Partial<
  Pick<
    ServerOptions,
    | "dev"
    | "failedSignInsPerMinute"
    | "clock"
    | "erasurePace"
    | "progressMs"
    | "operatorToken"
    | "media"
    | "log"
    | "federation"
    | "bundles"
  >
> {
  /** Where the data lies; a new folder, removed afterwards, unless given. */
  data?: string;
  /** The URL of the database that has its rows; the engine's that is tested unless given. */
  store?: string;
}

/**
 * A real server on a port of its own with a store of its own, in this process. It is the product itself with
 * other values; it ends with the test that started it.
 */
export class TestServer {
  readonly data: string;
  /** Where its files are, if not in the data folder. */
  readonly s3: S3Options | undefined;
  readonly #running: RunningServer;
  readonly #storeUrl: string | undefined;
  readonly #people = new Map<string, Person>();

  private constructor(data: string, s3: S3Options | undefined, storeUrl: string | undefined, running: RunningServer) {
    this.data = data;
    this.#storeUrl = storeUrl;
    this.s3 = s3;
    this.#running = running;
  }

  static async start(t: Pick<TestContext, "after">, options: TestServerOptions = {}): Promise<TestServer> {
    const data = options.data ?? mkdtempSync(join(tmpdir(), "stairwell-"));
    const { url, release } = options.store === undefined ? await storeOf(data) : givenStore(options.store);
    if (options.data === undefined && url === undefined) await putNewStore(data);
    const s3 = options.media?.s3 ?? (await s3Of(data));
    const running = await startServer({
      data,
      ...(url !== undefined && { store: { url, isUnsafe: true } }),
      listen: { host: "127.0.0.1", port: 0 },
      dev: options.dev ?? true,
      log: options.log ?? createLog("silent"),
      failedSignInsPerMinute: options.failedSignInsPerMinute ?? 1_000_000,
      ...(options.clock && { clock: options.clock }),
      media: { maxBytes: 104_857_600, keepUnusedSeconds: 86_400, ...options.media, s3 },
      ...(options.bundles && { bundles: options.bundles }),
      ...(options.progressMs !== undefined && { progressMs: options.progressMs }),
      ...(options.erasurePace && { erasurePace: options.erasurePace }),
      ...(options.federation && { federation: options.federation }),
      operatorToken: options.operatorToken ?? null,
    });
    const server = new TestServer(data, s3, url, running);
    t.after(async () => {
      await server.stop();
      await release();
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    });
    return server;
  }

  get url(): string {
    return this.#running.url;
  }

  /** The store below the server, for tests that look at rows. */
  get db(): RunningServer["db"] {
    return this.#running.db;
  }

  /** The store's rows over connections of their own, which whoever opens them closes. */
  openReader(): ReturnType<typeof openReader> {
    return openReader({ folder: this.data, url: this.#storeUrl });
  }

  /** Somebody of the tenant `dev`, or of another one; made at their first request. */
  person(name: string, tenant = "dev"): Person {
    const key = `${name}@${tenant}`;
    let person = this.#people.get(key);
    if (person === undefined) this.#people.set(key, (person = new Person(this.url, name, `dev-${key}`)));
    return person;
  }

  /** Several people, signed in. */
  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [N in keyof Names]: Person }> {
    const people = names.map((name) => this.person(name));
    await Promise.all(people.map((person) => person.signIn()));
    return people as { [N in keyof Names]: Person };
  }

  /** Takes all bounds off a tenant, as benchmarks and races need. */
  async liftLimits(slug = "dev"): Promise<void> {
    await this.#running.setLimits(slug, NO_LIMITS);
  }

  async setLimits(limits: Parameters<RunningServer["setLimits"]>[1], slug = "dev"): Promise<void> {
    await this.#running.setLimits(slug, limits);
  }

  /** Asks another server something in a tenant's name. */
  get askPeer(): RunningServer["askPeer"] {
    return this.#running.askPeer;
  }

  stop(): Promise<void> {
    return this.#running.close();
  }
}

/** A database that whoever named it drops. */
function givenStore(url: string): Awaited<ReturnType<typeof storeOf>> {
  return { url, release: async () => {} };
}

export type { Clock };
