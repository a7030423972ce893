import { Agent, type AgentOptions, type RequestOptions } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Duplex } from "node:stream";
import { Lru } from "./lru.ts";

/** Connections that wait for another request: of one place, and of all; and for how long, in milliseconds. */
const MOST_OF_ONE = 2;
const MOST_OF_ALL = 256;
const IDLE_MS = 30_000;

// No variable of the environment turns an agent into a proxy's: only `proxyEnv` would.
const OPTIONS: AgentOptions = { keepAlive: true, maxFreeSockets: MOST_OF_ONE, timeout: IDLE_MS, scheduling: "lifo" };

/** What TypeScript's types leave out: whether a connection whose answer has ended is kept. */
interface Keeping {
  keepSocketAlive(socket: Duplex): boolean;
}

/**
 * Connections that are kept for the next request to the same place, so that it costs no handshake. Each goes to the
 * address that was checked when it was made, which holds for as long as it lives; one request is on it at a time.
 */
export class KeptConnections {
  readonly #plain: Agent;
  readonly #secure: SecureAgent;
  /** Where the last connection to a place was made. */
  readonly #addresses = new Lru<string, string>(10_000);

  constructor() {
    this.#plain = bounded(new Agent(OPTIONS), () => this.#idle);
    this.#secure = bounded(new SecureAgent(OPTIONS), () => this.#idle);
  }

  agentFor(isSecure: boolean): Agent {
    return isSecure ? this.#secure : this.#plain;
  }

  /** The address of a connection to a place that waits for a request; `optionsFor` says how one to an address is made. */
  find(place: string, isSecure: boolean, optionsFor: (address: string) => RequestOptions): string | undefined {
    const address = this.#addresses.get(place);
    if (address === undefined) return undefined;
    const agent = this.agentFor(isSecure);
    const free = agent.freeSockets[agent.getName(optionsFor(address))] ?? [];
    return free.some((socket) => !socket.destroyed && socket.writable) ? address : undefined;
  }

  /** A connection to a place was made, to an address that was checked. */
  note(place: string, address: string): void {
    this.#addresses.set(place, address);
  }

  /** One of them was found closed: so may the others be. */
  forget(isSecure: boolean, options: RequestOptions): void {
    const agent = this.agentFor(isSecure);
    for (const socket of agent.freeSockets[agent.getName(options)] ?? []) socket.destroy();
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  get #idle(): number {
    return [this.#plain, this.#secure].reduce(
      (sum, agent) =>
        sum + Object.values(agent.freeSockets).reduce((count, sockets) => count + (sockets?.length ?? 0), 0),
      0,
    );
  }
}

function bounded<A extends Agent>(agent: A, idle: () => number): A {
  const keeping = agent as unknown as Keeping;
  const keep = keeping.keepSocketAlive.bind(agent);
  keeping.keepSocketAlive = (socket) => idle() < MOST_OF_ALL && keep(socket);
  return agent;
}
