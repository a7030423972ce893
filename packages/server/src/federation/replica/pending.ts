import type { ProposedEvent } from "@stairwell/protocol/federation";
import { EDIT, isSendable, REACTION, REDACTION } from "@stairwell/protocol/room";
import { Accepted } from "../../lib/accepted.ts";

/** What was said in a room whose hub is away: it is kept, and goes there as soon as it can (FD13). */
export class Pending extends Accepted {
  constructor(
    { id, origin_ts, content }: Pick<ProposedEvent, "id" | "origin_ts" | "content">,
    more: { readonly leaving?: true } = {},
  ) {
    super({ id, pending: true, origin_ts, content, ...more });
  }
}

/** What is kept for the hub however long it is away; everything else fails, and is tried again by whoever wants it. */
export function isSaid(eventType: string): boolean {
  return isSendable(eventType) || eventType === EDIT || eventType === REACTION || eventType === REDACTION;
}
