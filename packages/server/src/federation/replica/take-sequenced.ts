import type { ItemResult } from "@stairwell/protocol/federation";
import { findEvent } from "../../events/index.ts";
import { findRoomByNo } from "../../state/index.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";
import { receiveEvents } from "./receive.ts";
import { takeJoin } from "./take-join.ts";

type SequencedResult = Extract<ItemResult, { status: "sequenced" }>;

/**
 * Takes what a hub has sequenced for one of our people, before it comes the usual way: with a first join all of the room,
 * else the event, and what is missing before it.
 */
export async function takeSequenced(
  parts: ReplicaParts,
  peer: HubPeer,
  roomNo: number,
  { event, head, join }: SequencedResult,
): Promise<void> {
  const { tenantNo } = peer.tenant;
  const stored = await findRoomByNo(parts.db, tenantNo, roomNo);
  if (stored === undefined) return;
  if (join !== undefined) await takeJoin(parts, peer, stored, join, head, event);
  else await receiveEvents(parts, peer, stored.roomId, [event], head);
  // It may have come the usual way before: whoever waits was told then, or is told now.
  const here = await findEvent(parts.db, stored, event.envelope.id);
  if (here !== undefined) parts.fates.tell(tenantNo, here.eventId, { kind: "sequenced", event: here });
}
