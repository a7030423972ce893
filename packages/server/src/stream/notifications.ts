import { parseJson } from "@stairwell/protocol";
import {
  EDIT,
  type EditContent,
  MEMBER,
  type MemberContent,
  MESSAGE,
  notifies,
  type NotificationReason,
} from "@stairwell/protocol/room";
import { contentNow } from "../amendments/index.ts";
import type { ReadStore } from "../db/index.ts";
import { findEvent, type RoomRef, type StoredEvent } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { EVERYBODY, findMarker, listMentions, type Mention, namedIn } from "../reading/index.ts";
import { findMember } from "../state/index.ts";
import { jsonFrame } from "./frame.ts";
import type { Delivered } from "./hub.ts";

export interface NotificationParts {
  db: ReadStore;
  identities: Identities;
  now: () => number;
}

/** Of a person who never was in the room that they are invited to. */
const NEVER_SET = { mode: "inherit", mutedUntil: null } as const;

/**
 * Tells those of a room who want to hear of a message (RD4), those whom an edit newly mentions (EV6), and whoever is
 * invited. Whom a message mentions is on record; what power its sender has by now is not asked.
 */
export class Notifications {
  readonly #parts: NotificationParts;

  constructor(parts: NotificationParts) {
    this.#parts = parts;
  }

  async delivered(delivered: Delivered): Promise<void> {
    const { event } = delivered;
    if (event.imported || event.sender === null || event.content === null) return;
    if (event.eventType === MESSAGE) return this.#sent(delivered, event.content);
    if (event.eventType === EDIT) return this.#edited(delivered, event.content);
    if (event.eventType === MEMBER) return this.#invited(delivered, event.content);
  }

  async #sent({ at, event, listeners }: Delivered, content: string): Promise<void> {
    // Most messages mention nobody, and need no look.
    const mentions = /"(?:mentions|reply_to_event_id)":/.test(content)
      ? await listMentions(this.#parts.db, at, event.position)
      : [];
    const people = peopleOf(mentions);
    await this.#tell({ at, event, listeners }, event.eventId, (personNo) =>
      isAmong(people, personNo) ? "mention" : "message",
    );
  }

  async #edited({ at, event, listeners }: Delivered, content: string): Promise<void> {
    const { event_id: messageId } = parseJson(content) as unknown as EditContent;
    const { db } = this.#parts;
    const message = await findEvent(db, at, messageId);
    if (message === undefined) return;
    const mentions = await listMentions(db, at, message.position);
    const made = peopleOf(mentions.filter(({ madePosition }) => madePosition === event.position));
    if (made.size === 0) return;
    const before = peopleOf(mentions.filter(({ madePosition }) => madePosition < event.position));
    // Whom `@room` stands for now may have been named before.
    if (made.has(EVERYBODY)) for (const personNo of await this.#namedBefore(at, event, message)) before.add(personNo);
    await this.#tell({ at, event, listeners }, messageId, (personNo) =>
      isAmong(made, personNo) && !isAmong(before, personNo) ? "mention" : undefined,
    );
  }

  /** Whom a message named by name until an edit of it. */
  async #namedBefore(at: RoomRef, edit: StoredEvent, message: StoredEvent): Promise<Set<number>> {
    const { db, identities } = this.#parts;
    const content = await contentNow(db, at, message, edit.position - 1);
    const sender = await identities.byFqid(db, at.tenantNo, message.sender!);
    if (content === null || sender === undefined) return new Set();
    const named = await namedIn(db, identities, at, sender, content);
    // By `@room` without the power for it, nobody was mentioned.
    named.delete(EVERYBODY);
    return named;
  }

  /** An invite that was accepted at once, or taken back, is told to nobody. */
  async #invited({ at, event, subject }: Delivered, content: string): Promise<void> {
    if (subject === undefined || event.seq <= subject.since) return;
    if ((parseJson(content) as unknown as MemberContent).membership !== "invite") return;
    const { db, now } = this.#parts;
    const { participantNo } = subject.who;
    if ((await findMember(db, at, participantNo))?.membership !== "invite") return;
    const settings = (await findMarker(db, at, participantNo)) ?? NEVER_SET;
    if (!notifies(settings, await subject.defaultMode(db), "invite", now())) return;
    subject.note(frameOf(at, event.eventId, "invite"));
  }

  /** Tells everybody but its sender, and whoever sent it on their behalf, for whom there is a reason that they want to hear of. */
  async #tell(
    { at, event, listeners }: Pick<Delivered, "at" | "event" | "listeners">,
    eventId: string,
    reasonFor: (participantNo: number) => NotificationReason | undefined,
  ): Promise<void> {
    const { db, identities, now } = this.#parts;
    const authors = new Set<number | undefined>();
    for (const fqid of [event.sender, event.actedBy]) {
      if (fqid !== null) authors.add((await identities.byFqid(db, at.tenantNo, fqid))?.participantNo);
    }
    const frames = new Map<NotificationReason, Buffer>();
    for (const listener of listeners) {
      const { participantNo } = listener.who;
      const settings = listener.rooms.get(at.roomNo);
      // What happened before somebody came to listen is not resumed (ST5).
      if (settings === undefined || authors.has(participantNo) || event.seq <= listener.since) continue;
      const reason = reasonFor(participantNo);
      if (reason === undefined) continue;
      const defaultMode = listener.knownDefault ?? (await listener.defaultMode(db));
      if (!notifies(settings, defaultMode, reason, now())) continue;
      let frame = frames.get(reason);
      if (frame === undefined) frames.set(reason, (frame = frameOf(at, eventId, reason)));
      listener.note(frame);
    }
  }
}

function peopleOf(mentions: readonly Mention[]): Set<number> {
  return new Set(mentions.map(({ participantNo }) => participantNo));
}

function isAmong(people: ReadonlySet<number>, participantNo: number): boolean {
  return people.has(participantNo) || people.has(EVERYBODY);
}

function frameOf(at: RoomRef, eventId: string, reason: NotificationReason): Buffer {
  return jsonFrame({ type: "notification", room_id: at.roomId, event_id: eventId, reason });
}
