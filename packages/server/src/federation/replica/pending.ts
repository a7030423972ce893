import type { ProposedEvent } from "@stairwell/protocol/federation";
import { Accepted } from "../../lib/accepted.ts";

/** What was said in a room whose hub is away: it is kept, and goes there as soon as it can (FD13). */
export class Pending extends Accepted {
  constructor({ id, origin_ts, content }: ProposedEvent, more: { readonly leaving?: true } = {}) {
    super({ id, pending: true, origin_ts, content, ...more });
  }
}
