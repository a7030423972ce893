import { parseFqid } from "@stairwell/protocol";
import { FEDERATION, MEMBER, type MemberState } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import type { Projection, RoomRef } from "../../events/index.ts";
import { findForeigners, findRoomByNo } from "../../state/index.ts";
import { endDeliveries, findDelivery, saveDelivery } from "../rows/deliveries.store.ts";
import { seekNameOf } from "../people/foreign-people.ts";
import { dropInvites, insertOutgoing } from "../rows/outgoing.store.ts";
import type { OwnName } from "./own-name.ts";

/**
 * Keeps, inside the append, with which servers a room of ours is shared, from where and up to where each is due its log,
 * and who is to be told that they are invited (FD16).
 */
export function projectDeliveries(ownName: OwnName, woken: (tenantNo: number) => void): Projection {
  return async (tx, { ref, event, content, before, after }) => {
    if (!after.room.federated && before.room?.federated !== true) return;
    const ours = await ownName(tx, ref.tenantNo);
    const hub = ref.hub ?? (await findRoomByNo(tx, ref.tenantNo, ref.roomNo))?.hub;
    if (hub !== ours) return;
    tx.afterCommit(() => woken(ref.tenantNo));
    if (event.eventType === FEDERATION && content.enabled === false) {
      await endDeliveries(tx, ref, event.position);
      await dropInvites(tx, ref);
      return;
    }
    if (event.eventType === FEDERATION) return begin(tx, ref, ours);
    if (event.eventType !== MEMBER || after.member === undefined || !after.room.federated) return;
    const serverName = parseFqid(after.member.fqid)?.serverName;
    if (serverName === undefined || serverName === ours) return;
    const known = await findDelivery(tx, ref, serverName);
    const moved = (membership: MemberState["membership"]) =>
      Number(after.member?.membership === membership) - Number(before.member?.membership === membership);
    const joined = (known?.joined ?? 0) + moved("join");
    const invited = (known?.invited ?? 0) + moved("invite");
    const joins = after.member.membership === "join";
    if (joins && before.member?.membership !== "join") await seekNameOf(tx, ref.tenantNo, after.member.fqid);
    const firstPosition = known?.firstPosition ?? (joins ? event.position : null);
    await saveDelivery(tx, ref, {
      serverName,
      joined,
      invited,
      firstPosition,
      confirmedPosition: event.position - 1,
      lastPosition: joined > 0 ? null : event.position,
    });
    if (after.member.membership === "invite") {
      await insertOutgoing(tx, ref, serverName, { kind: "invite", position: event.position });
    }
  };
}

/** Whoever of another server is in a room before it is shared has opened it, as a direct room with one of ours (FD24). */
async function begin(tx: Tx, ref: RoomRef, ours: string): Promise<void> {
  const stored = (await findRoomByNo(tx, ref.tenantNo, ref.roomNo))!;
  for (const { fqid, membership, joinedPosition } of await findForeigners(tx, stored, ours)) {
    if (membership !== "join") continue;
    await saveDelivery(tx, ref, {
      serverName: parseFqid(fqid)!.serverName,
      joined: 1,
      invited: 0,
      firstPosition: joinedPosition,
      confirmedPosition: joinedPosition! - 1,
      lastPosition: null,
    });
  }
}
