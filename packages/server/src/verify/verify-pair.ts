import type { StoredMember, StoredRoom } from "../state/index.ts";

/**
 * What is wrong with whose direct room a row says that it is (DM1, FD24), if anything: its two sides are its members, and no
 * third. Of one of another server that its pair has left for another, nobody is a side any more.
 */
export function wrongPair(
  { room, dmLow, dmHigh }: StoredRoom,
  isReplica: boolean,
  members: readonly StoredMember[],
): string | undefined {
  if (room.roomType !== "dm")
    return dmLow === null && dmHigh === null ? undefined : "the room has sides, and is not direct";
  if (dmLow === null && dmHigh === null) return isReplica ? undefined : "the direct room is of nobody";
  const third = members.find(({ participantNo }) => participantNo !== dmLow && participantNo !== dmHigh);
  return third && `member ${third.member.fqid}: is no side of the direct room`;
}
