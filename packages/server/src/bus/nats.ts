import type { NatsConnection } from "@nats-io/transport-node";
import { systemClock } from "../lib/clock.ts";
import { natsServers } from "./nats-url.ts";
import type { Bus } from "./port.ts";

export interface NatsOptions {
  /** `nats://[USER:PASSWORD@]HOST[:PORT]`, or several after commas. */
  url: string;
  /** What every subject begins with, so that deployments can share a NATS. */
  prefix: string;
  /** Told when the bus begins or ceases to be well, until it is closed. */
  onChange: (isWell: boolean) => void;
  /** Told why a connection did not come about. */
  onRefused?: ((cause: unknown) => void) | undefined;
}

/** How often the bus is asked for an answer, and for how long one counts, in milliseconds. */
const PROBE_MS = 500;
const WELL_MS = 1500;
/** Between two attempts to connect. */
const RETRY_MS = 250;
/** A server that does not answer is not waited for. */
const CLOSING_MS = 500;

/** NATS core subjects. It connects for ever, in the background, and what cannot be sent now is dropped. */
export class NatsBus implements Bus {
  readonly hasOthers = true;
  readonly #options: NatsOptions;
  readonly #hearers: { subject: string; hear: (bytes: Uint8Array) => void }[] = [];
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  /** When the server last answered, on the monotonic clock. */
  #answeredAt = -Infinity;
  #wasWell = false;

  constructor(options: NatsOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get isWell(): boolean {
    return this.#connection !== undefined && systemClock.monotonic() - this.#answeredAt < WELL_MS;
  }

  get fault(): string | undefined {
    return this.isWell ? undefined : "bus";
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (!this.isWell) return;
    try {
      this.#connection!.publish(this.#named(subject), bytes);
    } catch {
      // Closed in this very turn, or more than the server takes: either way nobody is woken, and everybody looks.
    }
  }

  subscribe(subject: string, hear: (bytes: Uint8Array) => void): void {
    const entry = { subject, hear };
    this.#hearers.push(entry);
    if (this.#connection !== undefined) this.#subscribe(this.#connection, entry);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSING_MS);
    await Promise.race([this.#connection?.close() ?? this.#running, patience]);
    clearTimeout(timer);
  }

  /** Connects, probes for as long as the connection lives, and connects again. */
  async #run(): Promise<void> {
    const { connect } = await import("@nats-io/transport-node");
    while (!this.#ending.signal.aborted) {
      try {
        const connection = await connect({
          ...natsServers(this.#options.url),
          name: "stairwell",
          noEcho: true,
          // A lost connection is replaced by us: what the library kept for it would be sent to nobody's use.
          reconnect: false,
          timeout: 2000,
          pingInterval: 2000,
          maxPingOut: 2,
        });
        await this.#live(connection);
      } catch (error) {
        // Nobody is there yet, or they turned us away: either is seen by `isWell`.
        this.#options.onRefused?.(error);
      }
      await this.#pause(RETRY_MS);
    }
  }

  async #live(connection: NatsConnection): Promise<void> {
    if (this.#ending.signal.aborted) return connection.close();
    const closed = connection.closed();
    let isOpen = true;
    void closed.finally(() => (isOpen = false));
    this.#connection = connection;
    for (const entry of this.#hearers) this.#subscribe(connection, entry);
    while (isOpen && !this.#ending.signal.aborted) {
      const isAnswered = await Promise.race([
        connection.flush().then(
          () => true,
          () => false,
        ),
        closed.then(() => false),
        this.#pause(WELL_MS).then(() => false),
      ]);
      if (isAnswered) this.#answeredAt = systemClock.monotonic();
      this.#tell();
      // A server that does not answer for long is left: what was written to it waits in our memory.
      if (systemClock.monotonic() - this.#answeredAt > 4 * WELL_MS) break;
      await Promise.race([closed, this.#pause(PROBE_MS)]);
    }
    this.#connection = undefined;
    this.#answeredAt = -Infinity;
    this.#tell();
    if (isOpen) await Promise.race([connection.close(), this.#pause(WELL_MS)]);
  }

  #subscribe(connection: NatsConnection, { subject, hear }: { subject: string; hear: (bytes: Uint8Array) => void }) {
    connection.subscribe(this.#named(subject), {
      callback: (error, message) => {
        if (error === null) hear(message.data);
      },
    });
  }

  #named(subject: string): string {
    return `${this.#options.prefix}.${subject}`;
  }

  #tell(): void {
    const { isWell } = this;
    if (isWell === this.#wasWell) return;
    this.#wasWell = isWell;
    // Whoever closed it knows.
    if (!this.#ending.signal.aborted) this.#options.onChange(isWell);
  }

  /** Settles early when the bus is closed. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#ending;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms).unref();
      signal.addEventListener("abort", done);
    });
  }
}
