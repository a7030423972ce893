import type { JsonObject } from "../../json.ts";
import { isSendable } from "./message.ts";

/** Events about an earlier event: they fold into nothing of room or members, and lists show them in their target. */
export const EDIT = "swp.room.edit";
export const REACTION = "swp.room.reaction";
export const REDACTION = "swp.room.redaction";

/** `swp.room.edit`: what its target says from now on. */
export interface EditContent {
  readonly event_id: string;
  readonly content: JsonObject;
}

/** `swp.room.reaction`. */
export interface ReactionContent {
  readonly event_id: string;
  /** As `cleanEmoji` gives it. */
  readonly emoji: string;
  readonly action: "add" | "remove";
}

/** `swp.room.redaction`. */
export interface RedactionContent {
  readonly event_id: string;
  readonly reason?: string;
}

export function isAmendment(eventType: string): boolean {
  return eventType === EDIT || eventType === REACTION || eventType === REDACTION;
}

/**
 * What a redaction leaves of a content: nothing of what members send (EV4). Of an event whose `reason` goes (LC8) all
 * the rest, which is what it means; undefined where there is no reason to wipe.
 */
export function remainderOf(eventType: string, content: JsonObject): JsonObject | null | undefined {
  if (isSendable(eventType)) return null;
  const { reason, ...rest } = content;
  return reason === undefined ? undefined : rest;
}

/** Whether that is what is left of a redaction whose reason was wiped: it says still what it redacted. */
export function isRemnant(eventType: string, content: JsonObject): boolean {
  return eventType === REDACTION && typeof content.event_id === "string" && content.reason === undefined;
}
