import type { JsonObject } from "../json.ts";
import { EDIT, MESSAGE } from "../room/index.ts";

/** A medium as it stands in a content on record (spec/model.md, "Bytes"). */
export interface RecordedMedium {
  readonly sha256: string;
  readonly size: number;
  readonly mime_type: string;
  readonly name: string;
}

/** The medium that a message or an edit of one names, if any; its content is on record as it was hashed. */
export function mediumOf(eventType: string, content: JsonObject): RecordedMedium | undefined {
  const said = eventType === EDIT ? (content.content as JsonObject | undefined) : content;
  if (eventType !== MESSAGE && eventType !== EDIT) return undefined;
  const medium = said?.media;
  if (typeof medium !== "object" || medium === null || !("sha256" in medium)) return undefined;
  return medium as unknown as RecordedMedium;
}
