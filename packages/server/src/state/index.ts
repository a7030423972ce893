/** Rooms and members as rows: the fold of their logs, and the facts that commands are decided by. */
export {
  allowed,
  bareFacts,
  carryOut,
  factsOf,
  findFacts,
  type Found,
  granted,
  mustBeActive,
  type Needs,
  personOf,
  type TargetName,
} from "./facts.ts";
export { findForeigners, heirAmongOurs } from "./foreigners.ts";
export { listFormerServers } from "./former-servers.store.ts";
export {
  endLeaving,
  endWithRoom,
  findLeaving,
  type Leaving,
  listLeavings,
  notLeaving,
  saveLeaving,
} from "./leavings.store.ts";
export { asLeaving, findOwnMember } from "./own-member.ts";
export type { ListedMember, StoredMember } from "./member-row.ts";
export { countMembers, listMembers, type MembersPage } from "./member-lists.store.ts";
export {
  allMembers,
  findMember,
  findOwnMembers,
  isJoined,
  findOtherMember,
  listInvitesBy,
  listOwnNos,
} from "./members.store.ts";
export { memberOf, projectMember, projectRoom, RecentActivity } from "./project.ts";
export { listedPosition } from "./put-members.store.ts";
export { putReplica, type ReplicaRows } from "./put-replica.ts";
export { handedMembers, handedRoom, invitedRoom } from "./replica-rows.ts";
export { RecentRooms } from "./recent-rooms.ts";
export { isForgotten, ROOM_COLUMNS, type RoomRow, type StoredRoom, toRoom } from "./room-row.ts";
export {
  countOpenRooms,
  endSharingHere,
  countRoomsIn,
  findDm,
  findRoom,
  findRoomByAlias,
  findRoomByNo,
  findRoomsByNo,
  nextRoomNo,
  partPair,
  setLifeHere,
} from "./rooms.store.ts";
export { listRoomNosOf, listStandings, rewindStandings, type Standing } from "./standings.store.ts";
