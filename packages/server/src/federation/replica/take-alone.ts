import { parseJson, StairwellError } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { MEMBER, type MemberContent } from "@stairwell/protocol/room";
import { type CameEvent, findHead } from "../../events/index.ts";
import { findRoom, type StoredRoom } from "../../state/index.ts";
import { checkHead } from "../wire/heads.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import { checkEvents } from "./check-events.ts";
import { follow } from "./follow.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";

/**
 * Takes what one of ours said of themselves in a room that they are but invited to: that they decline. Of its log nothing
 * else is here, so it stands alone, as their invite does. `SW_FED_SIGNATURE`, also for a join that came without its room.
 */
export async function takeAlone(
  parts: ReplicaParts,
  { tenant, serverName, keyOf }: HubPeer,
  at: StoredRoom,
  event: WireEvent,
  head: SignedHead,
): Promise<void> {
  const isCovered = head.room_id === at.roomId && head.hash === event.hash && head.position === event.envelope.position;
  if (!isCovered) {
    throw new StairwellError("SW_FED_SIGNATURE", { message: "The head does not cover the event.", rule: "FD4" });
  }
  await checkHead(keyOf, head);
  const came = await checkEvents(parts.keyAt(tenant.tenantNo, serverName), at.roomId, serverName, undefined, [event], {
    live: true,
  });
  if (!isDeclined(came[0]!)) {
    throw new StairwellError("SW_FED_SIGNATURE", { message: "The join came without its room.", rule: "FD12" });
  }
  await parts.db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const now = (await findRoom(tx, tenant.tenantNo, at.roomId))!;
    // Somebody else of ours has joined meanwhile: then it comes in its place, with all the others.
    if ((await findReplicaState(tx, now)) !== "invited") return;
    if ((await findHead(tx, now))!.position >= came[0]!.position) return;
    await follow(tx, parts, tenant, now, now.room, came, { loose: true });
  });
}

function isDeclined({ eventType, content }: CameEvent): boolean {
  if (eventType !== MEMBER || content === null) return false;
  return (parseJson(content) as Partial<MemberContent>).membership === "leave";
}
