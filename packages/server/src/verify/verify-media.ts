import { canonical, type JsonObject } from "@stairwell/protocol";
import { EDIT, type EditContent, MESSAGE } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { findEvent, type StoredEvent } from "../events/index.ts";
import { findMediumByNo, type Medium, mediumRecord } from "../media/index.ts";
import type { StoredRoom } from "../state/index.ts";
import { listMediaRefs } from "./media.store.ts";
import type { Standpoint } from "./standpoint.ts";

/** Holds the record of which media a room's events name against what they say. */
export class MediaCheck {
  readonly #reader: Reader;
  readonly #stored: StoredRoom;
  /** By position: the message that it is part of, and the medium as it was hashed. */
  readonly #due = new Map<number, { target: number; medium: JsonObject }>();
  /** Where a medium of another server may be named, and not be on record: it is one of ours only once it was fetched. */
  readonly #open = new Set<number>();
  readonly #isReplica: boolean;

  constructor(reader: Reader, stored: StoredRoom, { replica }: Standpoint) {
    this.#reader = reader;
    this.#stored = stored;
    this.#isReplica = replica !== undefined;
  }

  /** Takes the next event; of one that was redacted nothing is named. */
  async take({ eventType, position, sender, imported }: StoredEvent, content: JsonObject | null): Promise<void> {
    if (content === null) return;
    // A bundle says which media it does not bring.
    if (imported) this.#open.add(position);
    if (sender !== null && (this.#isReplica || !sender.endsWith(`:${this.#stored.hub}`))) this.#open.add(position);
    if (eventType === MESSAGE) this.#name(position, position, content);
    if (eventType !== EDIT) return;
    const { event_id: id, content: newest } = content as unknown as EditContent;
    const message = await findEvent(this.#reader, this.#stored, id);
    if (message?.eventType === MESSAGE) this.#name(position, message.position, newest);
  }

  /** What is wrong with the rows, if anything. */
  async end(): Promise<string | undefined> {
    const { room } = this.#stored;
    // Of a closed incognito room nothing is left to hold them against.
    if (room.scopeKind === "incognito" && room.state === "closed") return undefined;
    const rows = await listMediaRefs(this.#reader, this.#stored);
    let right = 0;
    for (const { position, target_position: target, media_no: mediaNo } of rows) {
      const medium = await findMediumByNo(this.#reader, this.#stored.tenantNo, mediaNo);
      if (medium !== undefined && this.#isDue(position, target, medium)) right++;
    }
    const named = new Set(rows.map(({ position }) => position));
    const due = [...this.#due.keys()].filter((position) => named.has(position) || !this.#open.has(position));
    const wrong = rows.length + due.length - 2 * right;
    return wrong === 0 ? undefined : `${wrong} references to media are not what the events say`;
  }

  /** Of what another server sent the type is found when its bytes come, and the name is made clean. */
  #isDue(position: number, target: number, medium: Medium): boolean {
    const due = this.#due.get(position);
    if (due === undefined || due.target !== target) return false;
    const { sha256, size } = due.medium;
    return medium.origin === null
      ? canonical(due.medium) === canonical(mediumRecord(medium))
      : sha256 === medium.sha256 && size === medium.size;
  }

  #name(position: number, target: number, { media_id: medium }: JsonObject): void {
    if (typeof medium === "object" && medium !== null)
      this.#due.set(position, { target, medium: medium as JsonObject });
  }
}
