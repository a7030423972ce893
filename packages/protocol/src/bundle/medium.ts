import type { Json, JsonObject } from "../json.ts";
import { EDIT, MESSAGE } from "../room/index.ts";
import { hash, integer, object, text } from "./shape.ts";

/** A medium as it stands in a content on record (spec/model.md, "Bytes"). */
export interface RecordedMedium {
  readonly sha256: string;
  readonly size: number;
  readonly mime_type: string;
  readonly name: string;
}

const MEDIUM = object({ sha256: hash, size: integer(0), mime_type: text(255), name: text(1024) });

/** What a content names. */
export interface NamedMedium {
  readonly medium: RecordedMedium;
  /** False of an edit: it may be one of a custom event, whose content names nothing, whatever it looks like. */
  readonly isSure: boolean;
}

/** The medium that a message or an edit names, if any; its content is on record as it was hashed. */
export function mediumOf(eventType: string, content: JsonObject): NamedMedium | undefined {
  const value = eventType === MESSAGE ? content.media_id : eventType === EDIT ? inEdit(content) : undefined;
  if (MEDIUM(value, "") !== undefined) return undefined;
  return { medium: value as unknown as RecordedMedium, isSure: eventType === MESSAGE };
}

function inEdit({ content }: JsonObject): Json | undefined {
  if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
  return (content as JsonObject).media_id;
}
