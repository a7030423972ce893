import { parseJson } from "@stairwell/protocol";
import { MESSAGE } from "@stairwell/protocol/room";
import type { ReadStore } from "../db/index.ts";
import type { Identities } from "../participants/index.ts";
import { mentionedBy } from "../reading/index.ts";
import { jsonFrame } from "./frame.ts";
import type { Delivered } from "./hub.ts";

export interface NotificationParts {
  db: ReadStore;
  identities: Identities;
  now: () => number;
}

/**
 * Tells those of a room who want to hear of a message (RD4): in mode `all` of any, in mode `mentions` of one that
 * mentions them; never the sender, never while muted.
 */
export class Notifications {
  readonly #parts: NotificationParts;

  constructor(parts: NotificationParts) {
    this.#parts = parts;
  }

  async delivered(delivered: Delivered): Promise<void> {
    const { at, event, listeners } = delivered;
    if (event.eventType !== MESSAGE || event.imported || event.sender === null) return;
    const { db, identities, now } = this.#parts;
    const sender = await identities.byFqid(db, at.tenantNo, event.sender);
    if (sender === undefined) return;
    const content = parseJson(event.content ?? "{}") as Record<string, unknown>;
    const { people, everybody } = await mentionedBy(db, identities, at, sender.participantNo, content);
    const frames = new Map<string, Buffer>();
    for (const listener of listeners) {
      const settings = listener.rooms.get(at.roomNo);
      if (settings === undefined || listener.who.participantNo === sender.participantNo) continue;
      if (settings.mutedUntil !== null && settings.mutedUntil > now()) continue;
      const mode = settings.mode === "inherit" ? listener.defaultMode : settings.mode;
      const isMentioned = everybody || people.has(listener.who.participantNo);
      if (mode === "none" || (mode === "mentions" && !isMentioned)) continue;
      const reason = isMentioned ? "mention" : "message";
      let frame = frames.get(reason);
      if (frame === undefined) {
        frame = jsonFrame({ type: "notification", room_id: at.roomId, event_id: event.eventId, reason });
        frames.set(reason, frame);
      }
      for (const receiver of listener.receivers) receiver.note(frame);
    }
  }
}
