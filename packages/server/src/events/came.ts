import { contentHashText, type JsonObject, parseStrictJson, type RoomId } from "@stairwell/protocol";
import { MEMBER, MESSAGE, REDACTION, STATE, VISIBILITY, WORKSPACE } from "@stairwell/protocol/room";
import { sha256 } from "../lib/random.ts";
import { envelopeHash } from "./envelope.ts";
import type { StoredEvent } from "./event.ts";
import type { Head } from "./places.store.ts";
import type { Signature } from "./signatures.store.ts";

/** An event of a log that another server orders, as it came from there: with its content and salt, or with neither. */
export interface CameEvent extends Omit<StoredEvent, "seq" | "ordinal" | "eventUuid"> {
  /** Of the server that proposed it; null for an event of the hub's own people. */
  readonly signature: Signature | null;
}

/** Why an event is not the one after `head`, or not what its hashes say; undefined where it is. */
export function breakAfter(roomId: RoomId, head: Pick<Head, "position" | "hash">, came: CameEvent): string | undefined {
  if (came.position !== head.position + 1) return `position ${came.position} came where ${head.position + 1} is due`;
  if (envelopeHash(roomId, came, head.hash) !== came.hash)
    return "the envelope or its predecessor is not what was hashed";
  return contentFault(came);
}

/** Why what an event says is not what its envelope stands for; undefined where it is, or where it came without. */
export function contentFault({ eventType, content, salt, contentHash }: CameEvent): string | undefined {
  if (content === null) return salt === null ? undefined : "a salt came without its content";
  if (salt === null) return isRemainder(eventType, content) ? undefined : "a content came without its salt";
  return sha256(contentHashText(content, salt)) === contentHash ? undefined : "the content is not what was hashed";
}

/** What has a reason that can be wiped (LC8), and means something without it. */
const REASONED: ReadonlySet<string> = new Set([MEMBER, STATE, REDACTION]);

/**
 * Whether a content can be what is left of one whose reason was wiped. It cannot be held against its hash any more: for
 * what it says there is the word of the room's hub, and the redaction that names it. So it never brings anybody in, nor a
 * room back: that has no reason, and is proven by its hash alone.
 */
function isRemainder(eventType: string, content: string): boolean {
  if (!REASONED.has(eventType)) return false;
  const said = parseStrictJson(content) as JsonObject;
  return !Object.hasOwn(said, "reason") && said["membership"] !== "join" && said["state"] !== "open";
}

/**
 * What an event means where its room is a replica: nothing, where it came without content, and where it is about the
 * directory or the workspaces of its hub, which are not ours (FD20, FD22).
 */
export function meaningHere({ eventType, content }: Pick<CameEvent, "eventType" | "content">): JsonObject | null {
  if (content === null || eventType === VISIBILITY || eventType === WORKSPACE) return null;
  return parseStrictJson(content) as JsonObject;
}

/** The entry that it becomes here: the hub gave it everything but our sequence and count. */
export function entryOf(
  came: CameEvent,
  head: Pick<Head, "ordinal">,
  seq: number,
  eventUuid: string | null,
): StoredEvent {
  const { signature: _, ...said } = came;
  return { ...said, seq, ordinal: head.ordinal + (isCounted(came) ? 1 : 0), eventUuid };
}

/** Whether it counts as a message (RD2). */
export function isCounted({ eventType, imported }: Pick<CameEvent, "eventType" | "imported">): boolean {
  return eventType === MESSAGE && !imported;
}
