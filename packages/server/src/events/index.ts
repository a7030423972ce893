/** The log: append, and read by place or id. */
export {
  type Appended,
  type AppendOptions,
  Log,
  type LogParts,
  type Projection,
  type ProposedDraft,
} from "./append.ts";
export { breakAfter, type CameEvent, contentFault, isCounted, meaningHere } from "./came.ts";
export {
  aboutToSay,
  type Asked,
  isSequenced,
  NotHub,
  type Said,
  saidIn,
  type Sequenced,
  sequencedElsewhere,
  StillLeaving,
  withSequenced,
} from "./elsewhere.ts";
export { type Cut, insertCuts, isCutOff, skipSequences } from "./cuts.store.ts";
export { type End, endOf } from "./ends.store.ts";
export { type Enveloped, envelopeHash, envelopeOf } from "./envelope.ts";
export type { Birth, Change, Located, RoomRef, StoredEvent } from "./event.ts";
export {
  findEvent,
  findEventAt,
  findEventByUuid,
  listById,
  keepRemainder,
  listAfter,
  listTenantBetween,
} from "./events.store.ts";
export { importedContent, type ImportedDraft, type Unseen } from "./imported.ts";
export {
  cameIntoSight,
  deleteImport,
  deleteImportMedium,
  deleteUnseen,
  endImport,
  insertImport,
  insertImportMedium,
  listImportMedia,
  listUnended,
  newestImportNo,
} from "./imports.store.ts";
export {
  findHead,
  findHeads,
  findNewest,
  findNewestSeq,
  findPlaceAt,
  findSeqAt,
  findTimeAfter,
  type Head,
  listPlacesFrom,
  listRoomsAfter,
  type Place,
} from "./places.store.ts";
export { findPositionsAfter, listRanges, type Range } from "./ranges.store.ts";
export { findRoomKey, keyOf, type RoomKey } from "./room-keys.store.ts";
export type { ProposedEntry } from "./seal-entry.ts";
export { insertSignature, listSignatures, type Signature } from "./signatures.store.ts";
export { isSealed, openText, sealText } from "./seal.ts";
export { listAt, wipe } from "./stretches.store.ts";
export { startClosedRoomSweep, sweepClosedRooms } from "./sweep.ts";
