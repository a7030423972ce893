import { contentHashText, type EventId } from "@stairwell/protocol";
import { type Draft, MESSAGE } from "@stairwell/protocol/room";
import { newSalt, sha256 } from "../lib/random.ts";
import { envelopeHash } from "./envelope.ts";
import type { RoomRef, StoredEvent } from "./event.ts";
import type { Head } from "./places.store.ts";
import type { ImportedDraft } from "./imported.ts";

/** What the store gives an entry besides its place. */
export interface Given {
  readonly seq: number;
  /** Unix milliseconds. */
  readonly now: number;
  readonly eventUuid: string | null;
  readonly proposed: ProposedEntry | undefined;
}

/** What a server that is not the hub gave an event of one of its people: all that its signature covers. */
export interface ProposedEntry {
  readonly eventId: EventId;
  /** Unix milliseconds by their clock: it is shown, and no rule asks for it. */
  readonly originTs: number;
  readonly salt: string;
}

// Each is made once, its hash set last: entries are made for every event, and a copy of each is to be noticed.

/** The entry that a draft becomes after `head`: salted, and hashed into the chain. `content` is canonical. */
export function sealEntry(
  { roomId }: RoomRef,
  head: Head,
  draft: Draft,
  eventId: EventId,
  content: string,
  { seq, now, eventUuid, proposed }: Given,
): StoredEvent {
  const salt = proposed?.salt ?? newSalt();
  const entry = {
    position: head.position + 1,
    seq,
    eventId,
    eventType: draft.type,
    sender: draft.sender,
    actedBy: draft.actedBy ?? null,
    originTs: proposed?.originTs ?? now,
    hubTs: now,
    imported: false,
    ordinal: head.ordinal + (draft.type === MESSAGE ? 1 : 0),
    eventUuid,
    content,
    salt,
    contentHash: sha256(contentHashText(content, salt)),
    hash: "",
  };
  entry.hash = envelopeHash(roomId, entry, head.hash);
  return entry;
}

/** The entry that an event of a bundle becomes: nobody's here. */
export function sealImportedEntry(
  { roomId }: RoomRef,
  head: Head,
  { eventId, type, content, salt, contentHash, originTs }: ImportedDraft,
  { seq, now }: Pick<Given, "seq" | "now">,
): StoredEvent {
  const entry = {
    position: head.position + 1,
    seq,
    eventId,
    eventType: type,
    sender: null,
    actedBy: null,
    originTs,
    hubTs: now,
    imported: true,
    // Nobody has it unread (BU12).
    ordinal: head.ordinal,
    eventUuid: null,
    content,
    salt,
    contentHash,
    hash: "",
  };
  entry.hash = envelopeHash(roomId, entry, head.hash);
  return entry;
}
