import {
  cleanEmoji,
  cleanName,
  cleanTopic,
  isServerFqid,
  type Json,
  type JsonObject,
  LIMITS,
  parseFqid,
  serverFqid,
} from "@stairwell/protocol";
import {
  CREATE,
  CreateContent,
  EDIT,
  isAmendment,
  isSendable,
  KINDS,
  MEMBER,
  MESSAGE,
  NAME,
  POWER_LEVEL,
  REACTION,
  REDACTION,
  TOPIC,
} from "@stairwell/protocol/room";
import type { CameEvent } from "../../events/index.ts";
import { checkerOf } from "../../lib/checker.ts";
import { parseTime } from "../../lib/rfc3339.ts";
import { checkSaid } from "../hub/content.ts";
import { isWireDepth, isWireId, isWireTime } from "../wire/wire-values.ts";

const TYPE = /^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/;
/** What an import makes of events that have no meaning here. */
const HISTORY = "swp.room.history";

const KNOWN = new Map([...KINDS].map(([type, kind]) => [type, checkerOf(kind.content)] as const));
const CREATED = checkerOf(CreateContent);

/**
 * Why an event that hashes and signatures vouch for cannot have been said in a room (FD17), whoever says that it was;
 * undefined where it can. `live`: it comes after our first join, so that nothing imported, and no beginning, is due.
 */
export function unmeant(
  hub: string,
  came: CameEvent,
  content: JsonObject | undefined,
  live: boolean,
): string | undefined {
  if (!isWireId(came.eventId) || !TYPE.test(came.eventType)) return "it has no id or type that can be";
  if (!isWireTime(came.originTs) || !isWireTime(came.hubTs)) return "its time is after the last one";
  if ((came.eventType === CREATE) !== (came.position === 1) || (live && came.position === 1)) {
    return "a room begins once";
  }
  if (came.content !== null && Buffer.byteLength(came.content) > LIMITS.contentBytes) return "its content is too large";
  if (content !== undefined && !isWireDepth(content)) return "its content is nested too deep";
  return came.imported ? unimportable(came, content, live) : (unspoken(hub, came) ?? unsaid(came, content));
}

/** Who speaks: a person, or the server that orders the room. */
function unspoken(hub: string, { eventType, sender, actedBy }: CameEvent): string | undefined {
  const isPerson = sender !== null && parseFqid(sender) !== undefined;
  if (!isPerson && sender !== serverFqid(hub)) return "nobody says it";
  if (actedBy !== null && (!isPerson || parseFqid(actedBy) === undefined || !isSendable(eventType))) {
    return "nobody says such things for another";
  }
  return !isPerson && (eventType === EDIT || eventType === REACTION) ? "a server has nothing to edit" : undefined;
}

function unimportable({ eventType, sender, actedBy }: CameEvent, content: JsonObject | undefined, live: boolean) {
  if (live) return "nothing is imported into a room that is shared";
  if (sender !== null || actedBy !== null) return "what was imported is nobody's here";
  if (!isSendable(eventType) && !isAmendment(eventType) && eventType !== HISTORY) return "no such type is imported";
  if (content === undefined) return undefined;
  const by = content["_imported_sender"];
  const isMarked = by === null ? eventType !== REACTION : isObject(by) && typeof by["fqid"] === "string";
  return isMarked ? misread(eventType, content) : "what was imported does not say whose it was";
}

function unsaid({ eventType, content: text }: CameEvent, content: JsonObject | undefined): string | undefined {
  if (text === null || content === undefined) return undefined;
  if (eventType === CREATE ? !CREATED.test(content) : KNOWN.get(eventType)?.test(content) === false) {
    return "its content is not of its type";
  }
  return misread(eventType, content);
}

/** What readers and the fold rely on, beyond the types of the members. */
function misread(eventType: string, content: JsonObject): string | undefined {
  try {
    switch (eventType) {
      case MESSAGE:
        checkSaid(content);
        break;
      case EDIT:
        if (!isTarget(content["event_id"]) || !isObject(content["content"])) return "it edits nothing";
        checkSaid(content["content"]);
        break;
      case REACTION:
        return isTarget(content["event_id"]) && isReaction(content) ? undefined : "it is no reaction";
      case REDACTION:
        return isTarget(content["event_id"]) ? undefined : "it redacts nothing";
      case NAME:
      case CREATE:
        return isShown(content["name"] ?? null, cleanName) ? undefined : "its name cannot be shown";
      case TOPIC:
        return isShown(content["topic"] ?? null, cleanTopic) ? undefined : "its topic cannot be shown";
      case MEMBER:
      case POWER_LEVEL:
        return isStanding(content) ? undefined : "it is about nobody";
    }
  } catch {
    return "its content is not of its type";
  }
  return undefined;
}

function isReaction({ emoji, action }: JsonObject): boolean {
  return typeof emoji === "string" && cleanEmoji(emoji, "") === emoji && (action === "add" || action === "remove");
}

function isStanding({ participant, invited_by: by, cause, expires_at: expires }: JsonObject): boolean {
  const isBy = by === undefined || (typeof by === "string" && (isServerFqid(by) || parseFqid(by) !== undefined));
  return (
    parseFqid(participant as string) !== undefined &&
    isBy &&
    (cause === undefined || /^[a-z_]{1,64}$/.test(cause as string)) &&
    (expires === undefined || parseTime(expires as string) !== undefined)
  );
}

/** Whether a text that people see is one that its own server would have let pass. */
export function isShown(text: Json, clean: (text: string, path: string) => string | null): boolean {
  if (text === null) return true;
  try {
    return typeof text === "string" && clean(text, "") === text;
  } catch {
    return false;
  }
}

function isTarget(id: Json | undefined): boolean {
  return typeof id === "string" && isWireId(id);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
