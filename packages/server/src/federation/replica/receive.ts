import { type RoomId, StairwellError } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { findHead } from "../../events/index.ts";
import { findRoom, type StoredRoom } from "../../state/index.ts";
import { checkHead } from "../wire/heads.ts";
import { isJoining } from "../rows/proposals.store.ts";
import { findReplicaState, saveReplicaHead } from "../rows/replicas.store.ts";
import { checkEvents } from "./check-events.ts";
import { checkAgainstLog } from "./check-against-log.ts";
import { frozen } from "./conflict.ts";
import { fetchGap } from "./fetch-gap.ts";
import { follow } from "./follow.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";

/**
 * Takes what the hub of a replica tells next: a run of its log, oldest first, with the signed head of the last. A gap before
 * it is fetched first; what is here already is held against it. Answers where the log here ends afterwards.
 * `SW_ROOM_NOT_FOUND` for a room that is not a replica of this hub; `SW_UNAVAILABLE` until a first join that one of ours has asked
 * for is taken; `SW_FED_SIGNATURE`; `SW_ROOM_FROZEN` after a conflict, and for what comes after the end of the sharing.
 */
export async function receiveEvents(
  parts: ReplicaParts,
  peer: HubPeer,
  roomId: RoomId,
  events: readonly WireEvent[],
  head: SignedHead | undefined,
): Promise<number> {
  const { tenant, serverName } = peer;
  const last = events.at(-1)!;
  if (head?.room_id !== roomId || head.hash !== last.hash || head.position !== last.envelope.position) {
    throw new StairwellError("SW_FED_SIGNATURE", { message: "The head does not cover the events.", rule: "FD4" });
  }
  await checkHead(peer.keyOf, head);
  const stored = await replicaOf(parts, peer, roomId);
  let end = (await findHead(parts.db, stored))!;
  if (events[0]!.envelope.position > end.position + 1) {
    await fetchGap(parts, peer, stored, events[0]!.envelope.position - 1);
    end = (await findHead(parts.db, stored))!;
  }
  await checkAgainstLog(parts, tenant, stored, events, head);
  const fresh = events.filter(({ envelope }) => envelope.position > end.position);
  const came = await checkEvents(parts.keyAt(tenant.tenantNo, serverName), roomId, serverName, end, fresh, {
    live: true,
  });
  return parts.db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const now = (await findRoom(tx, tenant.tenantNo, roomId))!;
    if ((await findReplicaState(tx, now)) === "conflict") throw frozen();
    const present = (await findHead(tx, now))!;
    const next = came.filter(({ position }) => position > present.position);
    await follow(tx, parts, tenant, now, now.room, next);
    if (next.length > 0) await saveReplicaHead(tx, now, head);
    return Math.max(present.position, head.position);
  });
}

async function replicaOf({ db }: ReplicaParts, { tenant, serverName }: HubPeer, roomId: RoomId): Promise<StoredRoom> {
  const stored = await findRoom(db, tenant.tenantNo, roomId);
  const state = stored && (await findReplicaState(db, stored));
  const isOfHub = stored?.hub === serverName && state !== undefined;
  // What comes while our first join is being taken is due right after it.
  if (isOfHub && state === "invited" && (await isJoining(db, stored))) throw new StairwellError("SW_UNAVAILABLE");
  if (!isOfHub || state === "invited") throw new StairwellError("SW_ROOM_NOT_FOUND");
  if (state !== "conflict") return stored;
  throw frozen();
}
