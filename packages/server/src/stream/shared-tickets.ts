import { randomBytes } from "node:crypto";
import { STREAM } from "@stairwell/protocol/stream";
import type { Db } from "../db/index.ts";
import { Sealer } from "../lib/sealer.ts";
import { spendTicket, storeTime } from "./spent-tickets.store.ts";
import type { TicketOffice } from "./tickets.ts";

const CONTEXT = "a ticket";

export interface SharedTicketParts {
  db: Db;
  /** The deployment's. */
  secret: Uint8Array;
}

/**
 * Tickets that any node of the deployment takes, once: the credential is in the ticket, sealed, and that it was used is a
 * row. Nothing is kept of those that are not used. How long one is good is by the store's clock: by clocks of their own, that
 * differ, one node would forget what was used while another still took it.
 */
export class SharedTickets implements TicketOffice {
  readonly #db: Db;
  readonly #sealer: Sealer;

  constructor({ db, secret }: SharedTicketParts) {
    this.#db = db;
    this.#sealer = new Sealer(secret, "stream ticket");
  }

  async issue(credential: string, tenantNo: number): Promise<string> {
    const id = randomBytes(16).toString("base64url");
    const expiresAt = (await storeTime(this.#db)) + STREAM.ticketMs;
    return this.#sealer.seal(JSON.stringify([id, tenantNo, expiresAt, credential]), CONTEXT);
  }

  async redeem(text: string): Promise<string | undefined> {
    const opened = this.#sealer.open(text, CONTEXT);
    if (opened === undefined) return undefined;
    const [id, tenantNo, expiresAt, credential] = JSON.parse(opened) as [string, number, number, string];
    const isFirst = await this.#db.write({ tenantNo }, (tx) => spendTicket(tx, tenantNo, id, expiresAt));
    return isFirst ? credential : undefined;
  }
}
