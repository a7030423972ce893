import { invalid, type JsonObject, LIMITS, parseFqid } from "@stairwell/protocol";
import type { Missing } from "@stairwell/protocol/room";
import type { Reader } from "../../db/index.ts";
import { findEvent, type RoomRef } from "../../events/index.ts";

const MEDIUM = { sha256: /^[0-9a-f]{64}$/ };

/**
 * What a message of another server names and nobody here knows (EV6). On record people stand as FQIDs and a medium as what
 * it is: `SW_REQUEST_INVALID` where they do not.
 */
export async function missingFrom(reader: Reader, at: RoomRef, content: JsonObject): Promise<Missing | undefined> {
  checkSaid(content);
  const { reply_to_event_id: replyTo } = content;
  if (replyTo === undefined) return undefined;
  return (await findEvent(reader, at, replyTo as string)) === undefined ? "SW_EVENT_NOT_FOUND" : undefined;
}

/** What a message names, in the forms that stand on record, whether it is there or not. `SW_REQUEST_INVALID`. */
export function checkSaid(content: JsonObject): void {
  const { mentions, reply_to_event_id: replyTo, media_id: medium } = content;
  if (mentions !== undefined) checkMentions(mentions);
  if (medium !== undefined) checkMedium(medium);
  if (replyTo === undefined) return;
  if (typeof replyTo !== "string" || replyTo === "" || replyTo.length > LIMITS.idLength) {
    throw invalid("/content/reply_to_event_id", "must be the id of an event");
  }
}

function checkMentions(mentions: unknown): void {
  if (!Array.isArray(mentions) || mentions.length > LIMITS.mentions) {
    throw invalid("/content/mentions", `must be a list of at most ${LIMITS.mentions}`);
  }
  const seen = new Set<unknown>(mentions);
  const isName = (name: unknown) => name === "@room" || (typeof name === "string" && parseFqid(name) !== undefined);
  if (seen.size !== mentions.length || !mentions.every(isName)) {
    throw invalid("/content/mentions", "must name people as @local_id:server_name, or @room, each once");
  }
}

function checkMedium(medium: unknown): void {
  const { sha256, size, mime_type, name, ...rest } = (medium ?? {}) as Record<string, unknown>;
  const isRight =
    typeof sha256 === "string" &&
    MEDIUM.sha256.test(sha256) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof mime_type === "string" &&
    mime_type.length <= LIMITS.idLength &&
    typeof name === "string" &&
    name.length <= 2 * LIMITS.fileNameLength &&
    Object.keys(rest).length === 0;
  if (!isRight) throw invalid("/content/media_id", "must be sha256, size, mime_type and name of a medium");
}
