import type { EventId, JsonObject } from "@stairwell/protocol";
import type { RoomState } from "@stairwell/protocol/room";
import type { Change } from "./event.ts";
import type { Head } from "./events.store.ts";

/** An event of a bundle as it is to stand in a log here. */
export interface ImportedDraft {
  readonly eventId: EventId;
  readonly type: string;
  /** Null: it came without. */
  readonly content: JsonObject | null;
  /** What a content that did not come was known by. */
  readonly contentHash: string;
  /** Unix milliseconds, by the clock of whoever sent it. */
  readonly originTs: number;
}

/** A log that nobody sees yet: its end, the room that it folds to, and what its first events are to mean. */
export interface Unseen {
  readonly room: RoomState;
  readonly head: Head;
  readonly changes: readonly Change[];
}
