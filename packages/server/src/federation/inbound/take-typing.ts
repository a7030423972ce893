import { type Fqid, type RoomId, StairwellError } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import type { Reader } from "../../db/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { foreignActor } from "../hub/foreign-actor.ts";
import type { Rates } from "../hub/rates.ts";
import type { HubPeer } from "../replica/peer.ts";

export interface TypingParts {
  readonly db: Reader;
  readonly rates: Rates;
  /** Shows that somebody of another server is typing in a room. */
  readonly showTyping: (peer: HubPeer, roomId: RoomId, participant: Fqid, typing: boolean) => Promise<void>;
}

/**
 * Shows that somebody of another server is typing, as often as somebody of ours may be seen so: each costs one of their
 * `send_rate` (FD22), and what is beyond it is not shown.
 */
export async function takeTyping(
  { db, rates, showTyping }: TypingParts,
  peer: HubPeer,
  { room_id, participant, typing }: Extract<Item, { type: "typing" }>,
): Promise<void> {
  const who = await findByFqid(db, peer.tenant.tenantNo, participant);
  if (who === undefined) return;
  try {
    rates.take(foreignActor(peer.tenant, who));
  } catch (error) {
    if (error instanceof StairwellError && error.code === "SW_RATE_LIMIT_EXCEEDED") return;
    throw error;
  }
  await showTyping(peer, room_id, participant, typing);
}
