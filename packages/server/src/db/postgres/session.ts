import { Client, type ClientConfig, Query, type QueryConfig, type QueryResult } from "pg";
import { checked } from "../bindable.ts";
import type { Value } from "../port.ts";
import { rowMaker, type ToRow } from "../row-maker.ts";
import { isLost } from "./faults.ts";
import { statements } from "./under-way.ts";
import { toStored, TYPES } from "./values.ts";
import { Wire } from "./wire.ts";

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
  // All that we ask is by key. A plan that reads a whole table, made while that was small, would be kept until the server has
  // counted its rows anew.
  enable_seqscan: "off",
  // Whoever's machine is gone lets go of its locks within half a minute.
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 4,
};

/** A prepared statement. The driver copies what is a query's own, so that what all of them share is before them. */
interface Prepared {
  /** The name is the same on every connection. */
  readonly config: QueryConfig & { rowMode: "array" };
  /** How its rows are made; known once one was answered. */
  toRow: ToRow | undefined;
}

const prepared = new Map<string, Prepared>();

/**
 * A connection that sends statements without waiting for the answers of those before, and prepares each text once. What
 * it is sent is answered in that order.
 */
export class Session {
  readonly #client: Client;
  readonly #wire: Wire;
  #isUsable = true;
  /** Statements that are not answered yet. */
  #underWay = 0;

  private constructor(client: Client, wire: Wire) {
    this.#client = client;
    this.#wire = wire;
    // An idle connection that loses its server says so here, and would end the process if nobody listened.
    client.on("error", () => (this.#isUsable = false));
    client.on("end", () => (this.#isUsable = false));
  }

  static async open({ url, settings = {}, patienceMs }: SessionOptions): Promise<Session> {
    const wire = new Wire();
    const client = new Client({ ...configOf(url, { ...SETTINGS, ...settings }, patienceMs), stream: () => wire });
    const session = new Session(client, wire);
    try {
      await client.connect();
      wire.unref();
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
    let known = prepared.get(text);
    if (known === undefined) {
      const config = { name: `s${prepared.size}`, text, rowMode: "array" } as const;
      prepared.set(text, (known = { config, toRow: undefined }));
    }
    const config = Object.assign(Object.create(known.config) as QueryConfig, { values: checked(values).map(toSent) });
    return this.#send(new Query(config), known);
  }

  /** One or more statements without values, in one message. */
  exec(text: string): Promise<QueryResult> {
    return this.#send(new Query(text));
  }

  /** Closes after what was sent is answered. */
  async close(): Promise<void> {
    this.#isUsable = false;
    this.#wire.ref();
    await this.#client.end().catch(() => {});
  }

  /** Who waits for an answer is kept alive, and nobody by a connection that has nothing to do. */
  #begin(): void {
    statements.underWay++;
    if (++this.#underWay === 1) this.#wire.ref();
    this.#wire.hold();
  }

  #end(): void {
    statements.underWay--;
    if (--this.#underWay === 0 && this.#isUsable) this.#wire.unref();
  }

  #send(query: Query, known?: Prepared): Promise<QueryResult> {
    this.#begin();
    return new Promise((resolve, reject) => {
      // A callback, since the driver's own promises take a stack trace for each failure.
      Object.assign(query, {
        callback: (error: Error | null, result: QueryResult) => {
          this.#end();
          if (error === null) {
            if (known !== undefined) toRows(result, known);
            return resolve(result);
          }
          // The server says so before it goes.
          if (isLost(error)) this.#isUsable = false;
          reject(error);
        },
      });
      this.#client.query(query);
    });
  }
}

/** The rows of a prepared statement come as their values. */
function toRows(result: QueryResult, known: Prepared): void {
  if (result.rows.length === 0) return;
  const toRow = (known.toRow ??= rowMaker(result.fields.map(({ name }) => name)));
  result.rows = (result.rows as unknown[][]).map(toRow);
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
