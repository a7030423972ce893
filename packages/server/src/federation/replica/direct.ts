import { type Fqid, parseFqid, StairwellError } from "@stairwell/protocol";
import { dmHubOf } from "@stairwell/protocol/federation";
import type { MemberState, RoomState } from "@stairwell/protocol/room";
import type { Reader, Tx } from "../../db/index.ts";
import { findByFqid, findByNo } from "../../participants/index.ts";
import { findDm, findMember, partPair, type StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";

/** The two sides of a direct room, as far as servers name them. */
export interface Sides {
  readonly ours: Fqid;
  readonly theirs: Fqid;
}

/**
 * Whether a direct room can be these two people's on that hub (FD24): one of ours and one of its own, and ordered by the
 * server whose name sorts first. `SW_ROOM_TYPE_INVARIANT` where it cannot.
 */
export function checkSides(tenant: Tenant, hub: string, { ours, theirs }: Sides, room: DirectRoom): void {
  const isRight =
    parseFqid(ours)?.serverName === tenant.serverName &&
    parseFqid(theirs)?.serverName === hub &&
    dmHubOf(tenant.serverName, hub) === hub;
  if (!isRight) throw notDirect("a direct room is of one person of each server, on the one whose name sorts first");
  if (room.name !== null || (room.creator !== ours && room.creator !== theirs)) {
    throw notDirect("a direct room has no name, and was opened by one of its two sides");
  }
  for (const { fqid } of room.members) {
    if (fqid !== ours && fqid !== theirs) throw notDirect("a direct room has two sides, and no third");
  }
}

type DirectRoom = Pick<RoomState, "name" | "creator"> & { readonly members: readonly Pick<MemberState, "fqid">[] };

/** Both sides of a direct room of ours and theirs by their numbers here; both are known. */
export async function pairOf(
  reader: Reader,
  { tenantNo }: Tenant,
  { ours, theirs }: Sides,
): Promise<readonly [low: number, high: number]> {
  const [one, other] = [await findByFqid(reader, tenantNo, ours), await findByFqid(reader, tenantNo, theirs)];
  const [low, high] = [one!.participantNo, other!.participantNo].sort((a, b) => a - b);
  return [low!, high!];
}

/** Who the two sides of a direct room here are; none of one whose pair has another by now, undefined of any other room. */
export async function sidesOf(reader: Reader, at: StoredRoom): Promise<ReadonlySet<Fqid> | undefined> {
  if (at.room.roomType !== "dm") return undefined;
  const sides = new Set<Fqid>();
  for (const no of [at.dmLow, at.dmHigh]) {
    if (no !== null) sides.add((await findByNo(reader, at.tenantNo, no))!.fqid);
  }
  return sides;
}

/**
 * Makes room for the direct room that a hub says a pair has now: one that is here already must be over there, and of one that
 * our side is not in nobody would tell us. `SW_UNAVAILABLE` while our side is in it: then its end is about to come.
 */
export async function makeWay(
  tx: Tx,
  at: { tenantNo: number; roomId: string },
  pair: readonly [number, number],
  ours: number,
) {
  const former = await findDm(tx, at.tenantNo, pair[0], pair[1]);
  if (former === undefined || former.roomId === at.roomId) return;
  if ((await findMember(tx, former, ours))?.membership === "join") throw new StairwellError("SW_UNAVAILABLE");
  await partPair(tx, former);
}

function notDirect(message: string): StairwellError {
  return new StairwellError("SW_ROOM_TYPE_INVARIANT", { message: `${message}.`, rule: "FD24" });
}
