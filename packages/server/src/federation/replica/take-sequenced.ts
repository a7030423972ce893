import type { RoomId } from "@stairwell/protocol";
import type { ItemResult } from "@stairwell/protocol/federation";
import { findEvent } from "../../events/index.ts";
import { findRoom } from "../../state/index.ts";
import type { Sides } from "./direct.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";
import { acceptInvite } from "./accept-invite.ts";
import { fetchRest } from "./fetch-gap.ts";
import { receiveEvents } from "./receive.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import { takeAlone } from "./take-alone.ts";
import { takeJoin } from "./take-join.ts";

type SequencedResult = Extract<ItemResult, { status: "sequenced" }>;

/**
 * Takes what a hub has sequenced for one of our people, before it comes the usual way: with a first join all of the room,
 * else the event, and what is missing before it. `opened`: whose direct room begins with it.
 */
export async function takeSequenced(
  parts: ReplicaParts,
  peer: HubPeer,
  { event, head, join }: SequencedResult,
  opened?: Sides,
): Promise<void> {
  const { tenantNo } = peer.tenant;
  const roomId = event.envelope.room_id;
  const before = await findRoom(parts.db, tenantNo, roomId);
  if (join !== undefined) {
    await takeJoin(parts, peer, { roomId }, join, head, event, opened);
    await catchUp(parts, peer, roomId);
  } else if (before !== undefined && (await findReplicaState(parts.db, before)) === "invited") {
    await takeAlone(parts, peer, before, event, head);
  } else await receiveEvents(parts, peer, roomId, [event], head);
  const stored = await findRoom(parts.db, tenantNo, roomId);
  if (stored === undefined) return;
  // It may have come the usual way before: whoever waits was told then, or is told now.
  const here = await findEvent(parts.db, stored, event.envelope.id);
  if (here !== undefined) parts.fates.tell(tenantNo, here.eventId, { kind: "sequenced", event: here });
}

/** What was said while a large room was taken was put off; whoever asks for it is told of the rest at once. */
async function catchUp(parts: ReplicaParts, peer: HubPeer, roomId: RoomId): Promise<void> {
  const stored = await findRoom(parts.db, peer.tenant.tenantNo, roomId);
  // What does not come so comes as it always does.
  if (stored !== undefined) await fetchRest(parts, peer, stored).catch(parts.onFault);
}

/**
 * Takes the direct room that a pair has already, for one of ours who asked for a new one (FD24): their invite to it, which
 * they accept then like any other, or all of a room that they are in and that was lost here.
 */
export async function takeKnown(
  parts: ReplicaParts,
  peer: HubPeer,
  result: Extract<ItemResult, { status: "known" }>,
  asked: Sides,
): Promise<void> {
  if ("invite" in result) return acceptInvite(parts, peer, result.invite);
  const { event, head, join } = result.joined;
  return takeJoin(parts, peer, { roomId: event.envelope.room_id }, join, head, event, asked);
}
