import type { Fqid, JsonObject } from "@stairwell/protocol";
import { EDIT, type EditContent, MESSAGE, type MemberState, POWER } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { findEvent, type StoredEvent } from "../events/index.ts";
import type { StoredRoom } from "../state/index.ts";
import { listMentionRows } from "./mentions.store.ts";
import type { Standpoint } from "./standpoint.ts";

type MemberOf = (fqid: Fqid) => MemberState | undefined;

/** Holds the record of whom messages mention against what they say: in their newest content, by who was there then (EV6). */
export class MentionCheck {
  readonly #reader: Reader;
  readonly #stored: StoredRoom;
  /** By message: whom it mentions, and by which event it does. */
  readonly #due = new Map<number, { seq: number; by: Map<string, number> }>();
  /** Mentions that may be there or not: whether what is answered was here in time, nobody knows any more. */
  readonly #open = new Set<string>();
  readonly #standpoint: Standpoint;

  constructor(reader: Reader, stored: StoredRoom, standpoint: Standpoint) {
    this.#reader = reader;
    this.#stored = stored;
    this.#standpoint = standpoint;
  }

  /** Takes the next event, whose content is null once it was redacted: then nobody is mentioned. */
  async take(event: StoredEvent, content: JsonObject | null, memberOf: MemberOf): Promise<void> {
    if (content === null || event.imported || this.#standpoint.isHistory(event)) return;
    if (event.eventType === MESSAGE) await this.#say(event, event.position, content, memberOf);
    if (event.eventType !== EDIT) return;
    const { event_id: id, content: newest } = content as unknown as EditContent;
    const message = await findEvent(this.#reader, this.#stored, id);
    if (message?.eventType !== MESSAGE || message.imported || message.content === null) return;
    await this.#say(message, event.position, newest, memberOf);
  }

  /** What is wrong with the rows, if anything. */
  async end(): Promise<string | undefined> {
    const { room } = this.#stored;
    // Of a closed incognito room nothing is left to hold them against.
    if (room.scopeKind === "incognito" && room.state === "closed") return undefined;
    const rows = new Set<string>();
    let wrong = 0;
    for (const { position, seq, name, made_position: made } of await listMentionRows(this.#reader, this.#stored)) {
      if (this.#open.has(`${position} ${name}`)) continue;
      rows.add(`${position} ${seq} ${name} ${made}`);
      wrong++;
    }
    for (const [position, { seq, by }] of this.#due) {
      for (const [name, made] of by) {
        if (this.#open.has(`${position} ${name}`)) continue;
        wrong += rows.has(`${position} ${seq} ${name} ${made}`) ? -1 : 1;
      }
    }
    return wrong === 0 ? undefined : `${wrong} mentions are not what the messages say`;
  }

  async #say(message: StoredEvent, position: number, content: JsonObject, memberOf: MemberOf): Promise<void> {
    const before = this.#due.get(message.position)?.by;
    const by = new Map<string, number>();
    for (const name of await this.#namesIn(message, content)) {
      const made = before?.get(name);
      if (made !== undefined) by.set(name, made);
      else if (isReached(message.sender!, name, memberOf)) by.set(name, position);
    }
    if (by.size > 0 || before !== undefined) this.#due.set(message.position, { seq: message.seq, by });
  }

  async #namesIn(message: StoredEvent, { mentions, reply_to_event_id: replyTo }: JsonObject): Promise<Set<string>> {
    const names = new Set<string>(Array.isArray(mentions) ? (mentions as string[]) : []);
    const target = typeof replyTo === "string" ? await findEvent(this.#reader, this.#stored, replyTo) : undefined;
    if (target?.sender && !names.has(target.sender)) {
      names.add(target.sender);
      if (this.#standpoint.isHistory(target)) this.#open.add(`${message.position} ${target.sender}`);
    }
    return names;
  }
}

function isReached(sender: Fqid, name: string, memberOf: MemberOf): boolean {
  if (name === "@room") return (memberOf(sender)?.powerLevel ?? 0) >= POWER.moderator;
  return name !== sender && memberOf(name as Fqid)?.membership === "join";
}
