/** What of a room is the same after export and import (BU19). */
import { assertOk, type Person } from "@stairwell/testing";
import type { Manifest } from "./exporting.ts";

// Contents of every shape; a wrong guess fails the assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

/** Events that an import begins with: create, the importer's member, the workspace, the import itself. */
export const FIRST = 4;
const KEPT = ["swp.room.message", "swp.room.edit", "swp.room.reaction", "swp.room.redaction"];
const isKept = (type: string): boolean => KEPT.includes(type) || !type.startsWith("swp.");

/** An event as it must come out: with ids as places in the log, and without what an import adds. */
export function plain(manifest: Manifest, skip: number): Loose[] {
  const places = new Map(manifest.events.map(({ envelope }, i) => [envelope.id as string, i - skip]));
  const put = (value: Loose): Loose => {
    if (typeof value === "string") return places.has(value) ? `event ${places.get(value)}` : value;
    if (Array.isArray(value)) return value.map(put);
    if (typeof value !== "object" || value === null) return value;
    const { _imported_sender, do_not_index: _, _imported_mentions, ...rest } = value;
    const mentions = _imported_mentions === undefined ? {} : { mentions: _imported_mentions };
    return Object.fromEntries(Object.entries({ ...rest, ...mentions }).map(([key, each]) => [key, put(each)]));
  };
  return manifest.events.slice(skip).map(({ envelope, content }) => {
    const { event_type: type, origin_ts, sender, imported } = envelope;
    const said: Loose = content ?? null;
    const isHistory = type === "swp.room.history";
    return {
      // What a wiped event of another kind was nobody can tell.
      type: isHistory ? (said?.event_type ?? null) : type,
      origin_ts,
      sender: imported ? (said?._imported_sender?.fqid ?? null) : sender,
      content: put(isHistory ? (said?.content ?? null) : said),
    };
  });
}

/** What the first export has that no import keeps: who wiped events were by. */
export function asImported(events: Loose[]): Loose[] {
  return events.map((event) => {
    const isServer = typeof event.sender === "string" && event.sender.startsWith("@:");
    const sender = event.content === null || isServer ? null : event.sender;
    return { ...event, sender, type: event.content === null && !isKept(event.type) ? null : event.type };
  });
}

/** Media are those of the same content. */
export const keptMedia = (manifest: Manifest) =>
  manifest.media.map(({ sha256, size, mime_type }) => [sha256, size, mime_type]);

/** What was said in a room, as somebody reads it there. */
export async function said(who: Person, room: string): Promise<Loose[]> {
  const items: Loose[] = assertOk(await who.get(`/v1/rooms/${room}/messages?limit=200&direction=forward`)).data;
  const isSaid = ({ event_type }: Loose): boolean =>
    event_type === "swp.room.message" || !event_type.startsWith("swp.");
  return items.filter(isSaid).map(({ content, reactions, reply_count, edited_at, redacted_at }) => ({
    body: content?.body ?? content?.to ?? null,
    reactions: reactions.map(({ emoji, count }: Loose) => ({ emoji, count })),
    reply_count,
    isEdited: edited_at !== null,
    isRedacted: redacted_at !== null,
  }));
}
