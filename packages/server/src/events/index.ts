/** The log: append, and read by place or id. */
export { type Appended, Log, type LogParts, type Projection } from "./append.ts";
export type { Birth, Change, RoomRef, StoredEvent } from "./event.ts";
export {
  findEvent,
  findEventAt,
  findEventByUuid,
  findHead,
  findNewest,
  findNewestSeq,
  findPlaceAt,
  findSeqAt,
  findTimeAfter,
  type Head,
  keepRemainder,
  listAfter,
  listAt,
  type Place,
  wipe,
} from "./events.store.ts";
