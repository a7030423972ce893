import { isSealed, openText, type Seal, sealText } from "./seal.ts";
import type { RoomRef, StoredEvent } from "./event.ts";

/** The columns of an event that hold what it says. In an incognito room the salt is sealed with the content. */
export interface ContentRecord {
  readonly content: string | null;
  readonly salt: string | null;
}

type Sealable = Pick<StoredEvent, "position" | "eventId" | "content" | "salt">;

/** What an event says as it is stored; sealed where there is a key. */
export function toRecord(ref: RoomRef, key: Uint8Array | null, event: Sealable): ContentRecord {
  const { content, salt } = event;
  if (key === null || content === null) return { content, salt };
  // A salt has no space in it, so the first one parts it from the content. What a wiped `reason` left has none (LC8).
  const text = `${salt ?? ""} ${content}`;
  return { content: sealText(key, sealOf(ref, event), event.position, text), salt: null };
}

/** What a stored event says; nothing where the key is gone, or does not fit. */
export function fromRecord(
  ref: RoomRef,
  key: Uint8Array | null,
  event: Pick<Sealable, "position" | "eventId">,
  record: ContentRecord,
): ContentRecord {
  if (record.content === null || !isSealed(record.content)) return record;
  const text = key === null ? undefined : openText(key, sealOf(ref, event), record.content);
  if (text === undefined) return { content: null, salt: null };
  const end = text.indexOf(" ");
  return { content: text.slice(end + 1), salt: end === 0 ? null : text.slice(0, end) };
}

function sealOf(ref: RoomRef, { position, eventId }: Pick<Sealable, "position" | "eventId">): Seal {
  return { kind: "content", context: `${ref.tenantNo} ${ref.roomNo} ${position} ${eventId}` };
}
