import { randomBytes } from "node:crypto";
import { STREAM } from "@stairwell/protocol/stream";
import type { Clock } from "../lib/clock.ts";

/** Who gives out tickets and takes them. */
export interface TicketOffice {
  issue(credential: string, tenantNo: number): string | Promise<string>;
  /** The credential behind a ticket, once. */
  redeem(text: string): string | undefined | Promise<string | undefined>;
}

interface Ticket {
  readonly credential: string;
  /** On the monotonic clock. */
  readonly until: number;
}

/** So many may be open at once; the oldest make room. */
const MOST = 100_000;

/**
 * Single-use tickets for streams, for clients that can set no header: good for 30 s, and for what their credential is
 * good for. They live in memory: a restart ends them, and the client asks for another.
 */
export class Tickets implements TicketOffice {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #open = new Map<string, Ticket>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  issue(credential: string): string {
    const now = this.#clock.monotonic();
    for (const [text, { until }] of this.#open) {
      if (until > now && this.#open.size < MOST) break;
      this.#open.delete(text);
    }
    const ticket = randomBytes(24).toString("base64url");
    this.#open.set(ticket, { credential, until: now + STREAM.ticketMs });
    return ticket;
  }

  /** The credential behind a ticket, once. */
  redeem(text: string): string | undefined {
    const ticket = this.#open.get(text);
    this.#open.delete(text);
    return ticket !== undefined && ticket.until > this.#clock.monotonic() ? ticket.credential : undefined;
  }
}
