/** Rooms and members as rows: the fold of their logs, and the facts that commands are decided by. */
export {
  allowed,
  bareFacts,
  carryOut,
  factsOf,
  findFacts,
  type Found,
  granted,
  type Needs,
  type TargetName,
} from "./facts.ts";
export {
  allMembers,
  countMembers,
  findMember,
  findOtherMember,
  listedPosition,
  listMembers,
  type MembersPage,
  type StoredMember,
} from "./members.store.ts";
export { memberOf, projectMember, projectRoom, RecentActivity } from "./project.ts";
export {
  countOpenRooms,
  countRoomsIn,
  findDm,
  findRoom,
  findRoomByAlias,
  findRoomByNo,
  nextRoomNo,
  ROOM_COLUMNS,
  type RoomRow,
  type StoredRoom,
  toRoom,
} from "./rooms.store.ts";
export { listStandings, type Standing } from "./standings.store.ts";
