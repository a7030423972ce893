/** The log: append, and read by place or id. */
export { type Appended, Log, type LogParts, type Projection } from "./append.ts";
export type { Birth, Change, RoomRef, StoredEvent } from "./event.ts";
export {
  findEvent,
  findEventAt,
  findEventByUuid,
  findHead,
  findNewestSeq,
  findSeqAt,
  findTimeAfter,
  type Head,
  listAfter,
  listBefore,
} from "./events.store.ts";
