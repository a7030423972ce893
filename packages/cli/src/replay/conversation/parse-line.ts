import { canonical, cleanName, LIMITS, LOCAL_ID, StairwellError, utf8Bytes } from "@stairwell/protocol";
import type { Line, LineFault } from "./line.ts";
import { localIdOf } from "../plan/local-id.ts";

const TYPES = ["message", "action", "join", "leave", "nick"] as const;
const KEYS = new Set(["id", "day", "time", "type", "nick", "text", "reply_to"]);
/** A line's id becomes an `event_uuid` (EV1). */
const LINE_ID = new RegExp(`^[\\x21-\\x7e]{1,${LIMITS.keyLength}}$`);
/** Bytes that a message has beside its text, at most: its type, a mention and a reply link. */
const BESIDE_TEXT = 1024;

/** Reads one line of a conversation file: by itself, without regard to the others. */
export function parseLine(text: string, number: number): Line | LineFault {
  try {
    return lineOf(objectIn(text), number);
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    return { number, problem: error.message };
  }
}

class Bad extends Error {}

function objectIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Bad("is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Bad("is not an object");
  return value as Record<string, unknown>;
}

function lineOf(value: Record<string, unknown>, number: number): Line {
  for (const key of Object.keys(value)) if (!KEYS.has(key)) throw new Bad(`has an unknown key, ${JSON.stringify(key)}`);
  const { id } = value;
  if (typeof id === "number") throw new Bad(`has a number as its id: write it as a text, "${id}"`);
  if (typeof id !== "string" || !LINE_ID.test(id)) {
    throw new Bad(`has no usable id: it must be 1 to ${LIMITS.keyLength} characters of visible ASCII`);
  }
  const type = TYPES.find((known) => known === value["type"]);
  if (type === undefined) {
    throw new Bad(
      value["type"] === undefined ? "has no type" : `has an unknown type, ${JSON.stringify(value["type"])}`,
    );
  }
  const common = { number, id, minute: minuteOf(value), nick: nickOf(value["nick"]) };
  const replyTo = textOf(value, "reply_to");
  if (type === "message" || type === "action") return { ...common, type, text: spokenText(value), replyTo };
  if (replyTo !== undefined) throw new Bad(`is a ${type} and cannot have reply_to`);
  const text = textOf(value, "text");
  if (type === "nick") {
    if (text === undefined || text === "") throw new Bad("has no text, which is the new nick");
    return { ...common, type, text };
  }
  if (type === "join" && text !== undefined) throw new Bad("is a join and cannot have a text");
  if (text !== undefined && (text === "" || text.length > LIMITS.reasonLength)) {
    throw new Bad(`has a text that cannot be a reason: it must have 1 to ${LIMITS.reasonLength} characters`);
  }
  return { ...common, type, text };
}

function textOf(value: Record<string, unknown>, key: string): string | undefined {
  const text = value[key];
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw new Bad(`has a ${key} that is not a text`);
  if (!text.isWellFormed()) throw new Bad(`has half a surrogate pair in its ${key}`);
  return text;
}

function spokenText(value: Record<string, unknown>): string {
  const text = textOf(value, "text");
  if (text === undefined) throw new Bad("has no text");
  if (utf8Bytes(canonical(text)) > LIMITS.contentBytes - BESIDE_TEXT) {
    throw new Bad(`has a text that is longer than a message can be, ${LIMITS.contentBytes} bytes`);
  }
  return text;
}

function nickOf(nick: unknown): string {
  if (typeof nick !== "string" || nick === "") throw new Bad("has no nick");
  if (!isDisplayName(nick)) throw new Bad("has a nick that cannot be a display name");
  if (!LOCAL_ID.test(localIdOf(nick))) throw new Bad("has a nick that is too long for a local id");
  return nick;
}

function isDisplayName(nick: string): boolean {
  try {
    return nick.isWellFormed() && cleanName(nick, "/nick", LIMITS.displayNameLength) === nick;
  } catch (error) {
    if (error instanceof StairwellError) return false;
    throw error;
  }
}

function minuteOf({ day, time }: Record<string, unknown>): number | undefined {
  if (day !== undefined && (typeof day !== "string" || !/^\d{4}-\d\d-\d\d$/.test(day)))
    throw new Bad("has a day that is not YYYY-MM-DD");
  if (time === undefined) return undefined;
  if (typeof time !== "string" || !/^\d\d:\d\d$/.test(time)) throw new Bad("has a time that is not HH:MM");
  const milliseconds = Date.parse(`${day ?? "1970-01-01"}T${time}Z`);
  if (Number.isNaN(milliseconds)) throw new Bad("has a day or time that is in no calendar");
  return milliseconds / 60_000;
}
