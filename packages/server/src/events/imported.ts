import { canonical, contentHashText, type EventId, type JsonObject } from "@stairwell/protocol";
import type { RoomState } from "@stairwell/protocol/room";
import { newSalt, sha256 } from "../lib/random.ts";
import type { Change } from "./event.ts";
import type { Head } from "./places.store.ts";

/** What an event of a bundle says, salted and hashed; without its content, what that was known by. */
export interface ImportedContent {
  /** Canonical JSON; null where it came without. */
  readonly content: string | null;
  /** Null where it came without, or with what a wiped reason left. */
  readonly salt: string | null;
  readonly contentHash: string;
}

/** An event of a bundle as it is to stand in a log here. */
export interface ImportedDraft extends ImportedContent {
  readonly eventId: EventId;
  readonly type: string;
  /** Unix milliseconds, by the clock of whoever sent it. */
  readonly originTs: number;
}

/** A log that nobody sees yet: its end, the room that it folds to, and what its first events are to mean. */
export interface Unseen {
  readonly room: RoomState;
  readonly head: Head;
  readonly changes: readonly Change[];
}

/** A content with a salt of its own. */
export function importedContent(content: JsonObject): ImportedContent {
  const text = canonical(content);
  const salt = newSalt();
  return { content: text, salt, contentHash: sha256(contentHashText(text, salt)) };
}
