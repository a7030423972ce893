import { isInOrder } from "../canonical.ts";
import { contentHashText, type Envelope, envelopeText, type Sha256 } from "../hash.ts";
import type { EventId, Fqid, RoomId } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { BundleEvent } from "./manifest.ts";
import { FQID, LAST_MS, SALT } from "./shapes.ts";

/** What the next event of a log must say. */
export interface Due {
  readonly position: number;
  readonly prev_hash: string;
  readonly room_id: RoomId;
}

/** An event that was read, and the canonical text of its content. */
export interface EventRead {
  readonly event: BundleEvent;
  readonly content: string;
}

const BEGIN = '{"content":';
const ENVELOPE = ',"envelope":';
const TAIL = `,"hash":"${"0".repeat(64)}","salt":"${"0".repeat(22)}","signatures":[]}`;

/**
 * Reads the event that is due, where it stands exactly as exports write nearly all: canonical to the byte, with its
 * content, right in its hashes and in all that `parseStrictJson` and the shape of an event ask for. That is told by
 * writing it anew and comparing, in a third of the time of finding out what is wrong. Undefined for every other text,
 * which says nothing about whether that is right.
 */
export function readDue(text: string, due: Due, sha256: Sha256): EventRead | undefined {
  const tail = text.length - TAIL.length;
  const middle = text.lastIndexOf(ENVELOPE, tail);
  if (middle === -1 || !text.startsWith(BEGIN)) return undefined;
  const content = text.slice(BEGIN.length, middle);
  const value = readCanonical(content);
  if (value === undefined) return undefined;
  const hash = text.slice(tail + 9, tail + 73);
  const salt = text.slice(tail + 83, tail + 105);
  const envelope = guessed(text, middle + ENVELOPE.length, due, sha256(contentHashText(content, salt)));
  const written = envelopeText(envelope);
  const isAsWritten =
    text === `${BEGIN}${content}${ENVELOPE}${written},"hash":"${hash}","salt":"${salt}","signatures":[]}`;
  if (!isAsWritten || !isOfShape(envelope) || !SALT.test(salt) || sha256(written) !== hash) return undefined;
  return { event: { envelope, hash, signatures: [], content: value, salt }, content };
}

/** An envelope that is what is due, with all that it may say from the places where that stands if it is written so. */
function guessed(text: string, at: number, due: Due, contentHash: string): Envelope & { readonly v: 1 } {
  const upTo = (mark: string, from: number): string => text.slice((at = from), (at = text.indexOf(mark, from)));
  const actedBy = upTo(",", at + '{"acted_by":'.length);
  const type = upTo('"', at + `,"content_hash":"${contentHash}","event_type":"`.length);
  const hubTs = upTo(",", at + '","hub_ts":'.length);
  const id = upTo('"', at + ',"id":"'.length);
  const imported = upTo(",", at + '","imported":'.length);
  const originTs = upTo(",", at + ',"origin_ts":'.length);
  const others = `,"position":${due.position},"prev_hash":"${due.prev_hash}","room_id":${JSON.stringify(due.room_id)}`;
  const sender = upTo(",", at + others.length + ',"sender":'.length);
  return {
    v: 1,
    ...due,
    id: id as EventId,
    event_type: type,
    sender: unquoted(sender),
    acted_by: unquoted(actedBy),
    origin_ts: Number(originTs),
    content_hash: contentHash,
    hub_ts: Number(hubTs),
    imported: imported === "true",
  };
}

function unquoted(text: string): Fqid | null {
  return text === "null" ? null : (text.slice(1, -1) as Fqid);
}

function isOfShape({ id, event_type, sender, acted_by, imported, origin_ts, hub_ts }: Envelope): boolean {
  return (
    (sender !== null || imported) &&
    [id, event_type].every((text) => text !== "" && text.length <= LIMITS.idLength) &&
    [sender, acted_by].every((who) => who === null || FQID.test(who)) &&
    [origin_ts, hub_ts].every((ms) => Number.isSafeInteger(ms) && ms >= 0 && ms <= LAST_MS)
  );
}

/** An object whose text is its canonical form. */
function readCanonical(text: string): JsonObject | undefined {
  // A half of a surrogate pair can only be written as an escape.
  if (text.includes("\\ud")) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isPlain(value, LIMITS.contentDepth + 1) || !isInOrder(value)) return undefined;
  // With all keys in order, what is written as it was read had no white space, no second way to say it and no key twice.
  return JSON.stringify(value) === text ? value : undefined;
}

/** No number and no key that `parseStrictJson` refuses, and nested at the most so deep. */
function isPlain(value: Json, mostDeep: number): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (value === null || typeof value !== "object") return true;
  if (mostDeep === 0) return false;
  if (Array.isArray(value)) return value.every((item: Json) => isPlain(item, mostDeep - 1));
  return Object.keys(value).every((key) => key !== "__proto__" && isPlain((value as JsonObject)[key]!, mostDeep - 1));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
