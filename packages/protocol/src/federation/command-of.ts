import { canonical, contentText } from "../canonical.ts";
import { cleanEmoji } from "../emoji.ts";
import { invalid } from "../errors.ts";
import { type Fqid, parseFqid } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { cleanName, cleanTopic } from "../text.ts";
import {
  EDIT,
  isSendable,
  MEMBER,
  NAME,
  POWER_LEVEL,
  REACTION,
  REDACTION,
  type RoomCommand,
  STATE,
  TOPIC,
} from "../room/index.ts";

/** What somebody of another server proposes to say in a room: the parts that tell what they ask for. */
export interface Proposed {
  readonly event_type: string;
  readonly sender: Fqid;
  /** Who asked, where `sender` is a bot or agent that they act for. */
  readonly acted_by: Fqid | null;
  readonly content: JsonObject;
}

/** The command that a proposal is, who asks for it, and whom or what it names. */
export interface AskedFor {
  readonly command: RoomCommand;
  readonly caller: Fqid;
  readonly target?: Fqid;
  readonly event?: { readonly id: string; readonly emoji?: string };
}

/**
 * The command that would have said this. Whoever decides it compares what comes of it with what was proposed, byte for
 * byte: so nothing of the content is believed here but what the command needs. `SW_REQUEST_INVALID` with a pointer for
 * what no command says; `SW_CONTENT_TOO_LARGE`.
 */
export function commandOf({ event_type, sender, acted_by, content }: Proposed): AskedFor {
  if (acted_by !== null && !isSendable(event_type))
    throw invalid("/acted_by", "is for messages and custom events alone");
  if (isSendable(event_type)) return sending(event_type, sender, acted_by, content);
  const read = READERS.get(event_type);
  if (read === undefined) throw invalid("/event_type", "is nothing that a member of another server can ask for");
  return { caller: sender, ...read(content, sender) };
}

function sending(eventType: string, sender: Fqid, actedBy: Fqid | null, content: JsonObject): AskedFor {
  const command = { kind: "send", eventType, content, text: contentText(content), onBehalf: actedBy !== null } as const;
  return actedBy === null ? { command, caller: sender } : { command, caller: actedBy, target: sender };
}

type Reading = Omit<AskedFor, "caller">;

const READERS = new Map<string, (content: JsonObject, sender: Fqid) => Reading>(
  Object.entries({
    [MEMBER]: (content: JsonObject, sender: Fqid): Reading => {
      const participant = fqidAt(content, "participant");
      return participant === sender ? ownMembership(content) : { ...otherMembership(content), target: participant };
    },
    [POWER_LEVEL]: (content: JsonObject): Reading => ({
      command: { kind: "power", level: levelAt(content, "power_level") },
      target: fqidAt(content, "participant"),
    }),
    [NAME]: (content: JsonObject): Reading => ({
      command: { kind: "name", name: cleanName(textAt(content, "name"), "/content/name") },
    }),
    [TOPIC]: (content: JsonObject): Reading => {
      const topic = content["topic"] === null ? null : textAt(content, "topic");
      return { command: { kind: "topic", topic: cleanTopic(topic, "/content/topic") } };
    },
    [STATE]: (content: JsonObject): Reading => ({ command: lifeCommand(content) }),
    [EDIT]: (content: JsonObject): Reading => {
      const { content: said } = content;
      if (!isObject(said)) throw invalid("/content/content", "must be an object");
      contentText(said);
      return {
        command: { kind: "edit", content: said, text: canonical(said) },
        event: { id: idAt(content, "event_id") },
      };
    },
    [REACTION]: (content: JsonObject): Reading => {
      const emoji = cleanEmoji(textAt(content, "emoji"), "/content/emoji");
      const action = oneOf(content, "action", ["add", "remove"] as const);
      return { command: { kind: "react", emoji, action }, event: { id: idAt(content, "event_id"), emoji } };
    },
    [REDACTION]: (content: JsonObject): Reading => ({
      command: { kind: "redact", ...reasonIn(content) },
      event: { id: idAt(content, "event_id") },
    }),
  }),
);

function ownMembership(content: JsonObject): Reading {
  const membership = oneOf(content, "membership", ["join", "leave"] as const);
  return membership === "join" ? { command: { kind: "join" } } : { command: { kind: "leave", ...reasonIn(content) } };
}

function otherMembership(content: JsonObject): Reading {
  const reason = reasonIn(content);
  switch (oneOf(content, "membership", ["invite", "leave", "ban"] as const)) {
    case "invite":
      return { command: { kind: "invite", ...reason } };
    case "leave":
      return { command: content["cause"] === "unbanned" ? { kind: "unban" } : { kind: "kick", ...reason } };
    case "ban":
      return { command: { kind: "ban", expiresAt: timeAt(content, "expires_at"), ...reason } };
  }
}

function lifeCommand(content: JsonObject): RoomCommand {
  switch (oneOf(content, "state", ["open", "archived", "closed"] as const)) {
    case "open":
      return { kind: "rejoin" };
    case "archived":
      return { kind: "archive", ...reasonIn(content) };
    case "closed":
      return { kind: "close", ...reasonIn(content) };
  }
}

function textAt(content: JsonObject, key: string): string {
  const value = content[key];
  if (typeof value !== "string") throw invalid(`/content/${key}`, "must be a string");
  return value;
}

function idAt(content: JsonObject, key: string): string {
  const id = textAt(content, key);
  if (id === "" || id.length > LIMITS.idLength) {
    throw invalid(`/content/${key}`, `must have 1 to ${LIMITS.idLength} characters`);
  }
  return id;
}

function fqidAt(content: JsonObject, key: string): Fqid {
  const fqid = textAt(content, key);
  if (parseFqid(fqid) === undefined) throw invalid(`/content/${key}`, "must be @local_id:server_name");
  return fqid as Fqid;
}

function levelAt(content: JsonObject, key: string): number {
  const level = content[key];
  if (typeof level === "number" && Number.isInteger(level) && level >= 0 && level <= 100) return level;
  throw invalid(`/content/${key}`, "must be an integer from 0 to 100");
}

function timeAt(content: JsonObject, key: string): number | null {
  if (content[key] === undefined) return null;
  const time = Date.parse(textAt(content, key));
  if (Number.isNaN(time)) throw invalid(`/content/${key}`, "must be a time as 2027-01-31T00:00:00.000Z");
  return time;
}

function reasonIn(content: JsonObject): { reason?: string } {
  if (content["reason"] === undefined) return {};
  const reason = textAt(content, "reason");
  if (reason === "" || [...reason].length > LIMITS.reasonLength) {
    throw invalid("/content/reason", `must have 1 to ${LIMITS.reasonLength} characters`);
  }
  return { reason };
}

function oneOf<const T extends string>(content: JsonObject, key: string, values: readonly T[]): T {
  const value = content[key];
  const found = values.find((each) => each === value);
  if (found === undefined)
    throw invalid(`/content/${key}`, `must be ${values.map((each) => `"${each}"`).join(" or ")}`);
  return found;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
