import type { MemberState } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { findLeaving, type Leaving } from "./leavings.store.ts";
import { findMember } from "./members.store.ts";
import type { StoredRoom } from "./room-row.ts";

/** Whose own row it is. */
interface Own {
  readonly tenant: { readonly serverName: string };
  readonly participantNo: number;
}

/**
 * Somebody's own row, as they themselves have it: who goes from a room of another server has gone, whatever its log says as
 * yet (FD13). To all others they are what the log says.
 */
export async function findOwnMember(
  reader: Reader,
  { tenant, participantNo }: Own,
  at: StoredRoom,
): Promise<MemberState | undefined> {
  const member = await findMember(reader, at, participantNo);
  if (at.hub === tenant.serverName || member === undefined) return member;
  return asLeaving(member, await findLeaving(reader, at, participantNo));
}

/** A row as its own person has it. Where their stay ends, nobody knows while their leave waits: they read nothing. */
export function asLeaving(member: MemberState, leaving: Leaving | undefined): MemberState {
  if (leaving === undefined || (member.membership !== "join" && member.membership !== "invite")) return member;
  const isFinal = leaving.kind === "left";
  return {
    ...member,
    membership: "leave",
    powerLevel: 0,
    // What is here of a room that is shared no more does not grow.
    leftPosition: !isFinal ? null : member.membership === "join" ? Number.MAX_SAFE_INTEGER : member.leftPosition,
    cause: member.membership === "join" ? "left" : "declined",
    reason: null,
    powerAtLeave: null,
    ...(!isFinal && { leaving: true }),
  };
}
