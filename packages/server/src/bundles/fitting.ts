import { cleanEmoji, type JsonObject } from "@stairwell/protocol";
import { EDIT, isAmendment, isSendable, REACTION, REDACTION } from "@stairwell/protocol/room";
import { importedAuthorNo, markOf, reactionTo } from "../amendments/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent, type ImportedDraft, type RoomRef, type StoredEvent } from "../events/index.ts";
import { asHistory, isObject } from "./imported-event.ts";

/**
 * An edit, reaction or redaction with its content stays what it is where it fits what stands in the log by now, as it does
 * in every bundle of a server that keeps the rules; all others are history.
 */
export async function fitted(
  reader: Reader,
  ref: RoomRef,
  draft: ImportedDraft,
  content: JsonObject,
): Promise<ImportedDraft> {
  const { event_id: targetId } = content;
  const target = typeof targetId === "string" ? await findEvent(reader, ref, targetId) : undefined;
  if (target === undefined || !(await fits(reader, ref, draft.type, content, target))) return asHistory(draft, content);
  return draft;
}

async function fits(
  reader: Reader,
  ref: RoomRef,
  type: string,
  content: JsonObject,
  target: StoredEvent,
): Promise<boolean> {
  switch (type) {
    case EDIT:
      return isSendable(target.eventType) && target.content !== null && isObject(content.content);
    case REDACTION:
      // Of another one the reason may be wiped, and was.
      return isSendable(target.eventType) || (target.eventType === REDACTION && target.salt === null);
    case REACTION:
      return isReaction(content, target) && stands(reader, ref, content, target);
    default:
      return false;
  }
}

function isReaction({ emoji, action, _imported_sender: author }: JsonObject, target: StoredEvent): boolean {
  if (typeof emoji !== "string" || (action !== "add" && action !== "remove") || author === null) return false;
  if (isAmendment(target.eventType) || target.salt === null) return false;
  try {
    return cleanEmoji(emoji, "") === emoji;
  } catch {
    return false;
  }
}

/** One that is added does not stand yet, one that is taken back does. */
async function stands(reader: Reader, ref: RoomRef, content: JsonObject, target: StoredEvent): Promise<boolean> {
  const mark = markOf(target, content.emoji as string);
  const reaction = { target: target.position, mark, participantNo: importedAuthorNo(content) };
  return (await reactionTo(reader, ref, reaction)).isMine === (content.action === "remove");
}
