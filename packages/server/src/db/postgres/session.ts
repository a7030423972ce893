import { Client, type ClientConfig, Query, type QueryResult } from "pg";
import { checked } from "../bindable.ts";
import type { Value } from "../port.ts";
import { isLost } from "./faults.ts";
import { statements } from "./under-way.ts";
import { toStored, TYPES } from "./values.ts";

/** How a connection is made. */
export interface SessionOptions {
  readonly url: string;
  /** Settings of the session, by name; they are the server's where nothing is said. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** A statement that is not answered for so long, in milliseconds, ends the connection: it may lead nowhere. */
  readonly patienceMs?: number;
}

/** How long a connection may take to come about. */
const CONNECT_MS = 5000;
const SETTINGS = {
  // Compiling a statement takes longer than any of ours does.
  jit: "off",
  // Whoever's machine is gone lets go of its locks within half a minute.
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 4,
};

/** The names of prepared statements, by their text; the same on every connection. */
const names = new Map<string, string>();

/**
 * A connection that sends statements without waiting for the answers of those before, and prepares each text once. What
 * it is sent is answered in that order.
 */
export class Session {
  readonly #client: Client;
  #isUsable = true;

  private constructor(client: Client) {
    this.#client = client;
    // An idle connection that loses its server says so here, and would end the process if nobody listened.
    client.on("error", () => (this.#isUsable = false));
    client.on("end", () => (this.#isUsable = false));
  }

  static async open({ url, settings = {}, patienceMs }: SessionOptions): Promise<Session> {
    const client = new Client(configOf(url, { ...SETTINGS, ...settings }, patienceMs));
    const session = new Session(client);
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    return session;
  }

  /** False once the connection is lost. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** A statement with values, prepared. */
  query(text: string, values: readonly Value[]): Promise<QueryResult> {
    let name = names.get(text);
    if (name === undefined) names.set(text, (name = `s${names.size}`));
    return this.#send({ name, text, values: checked(values).map(toSent) });
  }

  /** One or more statements without values, in one message. */
  exec(text: string): Promise<QueryResult> {
    return this.#send({ text });
  }

  /** Closes after what was sent is answered. */
  async close(): Promise<void> {
    this.#isUsable = false;
    await this.#client.end().catch(() => {});
  }

  #send(config: { name?: string; text: string; values?: Value[] }): Promise<QueryResult> {
    statements.underWay++;
    return new Promise((resolve, reject) => {
      // A callback, since the driver's own promises take a stack trace for each failure.
      const query = Object.assign(new Query(config), {
        callback: (error: Error | null, result: QueryResult) => {
          statements.underWay--;
          if (error === null) return resolve(result);
          // The server says so before it goes.
          if (isLost(error)) this.#isUsable = false;
          reject(error);
        },
      });
      this.#client.query(query);
    });
  }
}

function toSent(value: Value): Value {
  return typeof value === "string" ? toStored(value) : value;
}

function configOf(url: string, settings: Record<string, string | number>, patienceMs?: number): ClientConfig {
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return {
    connectionString: url,
    application_name: "stairwell",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: options.join(" "),
    pipeline: true,
    types: TYPES,
    ...(patienceMs !== undefined && { query_timeout: patienceMs }),
  } as ClientConfig;
}
