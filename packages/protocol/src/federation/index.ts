/** What servers say to each other about a room that they share. */
export { type AskedFor, commandOf, type Proposed } from "./command-of.ts";
export { checkOpening, dmHubOf, openingContents } from "./opening.ts";
export {
  BACKFILL_SHAPE,
  HEAD_SHAPE,
  ITEM_SHAPES,
  JOIN_SHAPE,
  MEMBERS_SHAPE,
  MOST_MEMBERS,
  RESULT_SHAPES,
} from "./shapes.ts";
export {
  type Item,
  type ItemResult,
  type Joined,
  type Opening,
  type ProposedEvent,
  type SignedHead,
  stateText,
  type WireEvent,
  type WireJoin,
  type WireMembers,
  type WireRefusal,
  type WireRoom,
  type WireState,
  wireStateText,
} from "./wire.ts";
