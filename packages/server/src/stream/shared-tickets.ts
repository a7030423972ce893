import { randomBytes } from "node:crypto";
import { STREAM } from "@stairwell/protocol/stream";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Sealer } from "../lib/sealer.ts";
import { spendTicket } from "./spent-tickets.store.ts";
import type { TicketOffice } from "./tickets.ts";

const CONTEXT = "a ticket";

export interface SharedTicketParts {
  db: Db;
  clock: Pick<Clock, "now">;
  /** The deployment's. */
  secret: Uint8Array;
}

/**
 * Tickets that any node of the deployment takes, once: the credential is in the ticket, sealed, and that it was used is a
 * row. Nothing is kept of those that are not used.
 */
export class SharedTickets implements TicketOffice {
  readonly #db: Db;
  readonly #clock: Pick<Clock, "now">;
  readonly #sealer: Sealer;

  constructor({ db, clock, secret }: SharedTicketParts) {
    this.#db = db;
    this.#clock = clock;
    this.#sealer = new Sealer(secret, "stream ticket");
  }

  issue(credential: string, tenantNo: number): string {
    const id = randomBytes(16).toString("base64url");
    return this.#sealer.seal(JSON.stringify([id, tenantNo, this.#clock.now() + STREAM.ticketMs, credential]), CONTEXT);
  }

  async redeem(text: string): Promise<string | undefined> {
    const opened = this.#sealer.open(text, CONTEXT);
    if (opened === undefined) return undefined;
    const [id, tenantNo, expiresAt, credential] = JSON.parse(opened) as [string, number, number, string];
    if (expiresAt <= this.#clock.now()) return undefined;
    const isFirst = await this.#db.write({ tenantNo }, (tx) => spendTicket(tx, tenantNo, id, expiresAt));
    return isFirst ? credential : undefined;
  }
}
