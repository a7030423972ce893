import type { JsonObject } from "@stairwell/protocol";
import { MEMBER, MESSAGE, STATE } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { findRoomKey, type StoredEvent } from "../events/index.ts";
import type { StoredRoom } from "../state/index.ts";
import { listClear, listKept, listReplyRows, listStandingRows } from "./sealed.store.ts";

/**
 * Checks an incognito room's seals: that what it says is sealed, and opens, as long as the room is not closed; that its
 * key is gone since (DEL2). Then also what is checked of all other rooms at once, and can only be read here.
 */
export class SealedCheck {
  readonly #reader: Reader;
  readonly #stored: StoredRoom;
  readonly #hasKey: boolean;
  readonly #unread: number[] = [];
  readonly #standings: string[] = [];
  readonly #replies: string[] = [];
  /** Where the room's state last changed. */
  #changed = 0;

  /** Undefined for a room that is not incognito. */
  static async of(reader: Reader, stored: StoredRoom): Promise<SealedCheck | undefined> {
    if (stored.room.scopeKind !== "incognito") return undefined;
    return new SealedCheck(reader, stored, (await findRoomKey(reader, stored)) !== null);
  }

  private constructor(reader: Reader, stored: StoredRoom, hasKey: boolean) {
    this.#reader = reader;
    this.#stored = stored;
    this.#hasKey = hasKey;
  }

  /** The room's contents are gone for good: all that is left of its log are places and hashes. */
  get isShut(): boolean {
    return !this.#hasKey && this.#stored.room.state === "closed";
  }

  take({ position, seq, eventType }: StoredEvent, content: JsonObject | null): void {
    if (content === null) this.#unread.push(position);
    if (eventType === STATE) this.#changed = position;
    if (eventType === MEMBER) this.#standings.push(`${position} ${seq} ${this.#standing(content)}`);
    if (eventType !== MESSAGE || typeof content?.reply_to_event_id !== "string") return;
    this.#replies.push(`${position} ${content.reply_to_event_id}`);
  }

  /** What is wrong, each with its place; null for the room as a whole. */
  async end(): Promise<[problem: string, position: number | null][]> {
    const isClosed = this.#stored.room.state === "closed";
    const found: [string, number | null][] = [];
    if (isClosed && this.#hasKey) found.push(["the room is closed and still has its key", null]);
    if (!isClosed && !this.#hasKey) found.push(["the room is not closed and has no key", null]);
    if (this.#hasKey) {
      for (const position of await listKept(this.#reader, this.#stored, this.#unread))
        found.push(["the content cannot be opened with the room's key", position]);
    }
    // The close is stored in the clear, with the going that brought it about and whatever comes after it.
    const sealedTo = isClosed ? this.#changed - 1 : Number.MAX_SAFE_INTEGER;
    for (const position of await listClear(this.#reader, this.#stored, sealedTo))
      found.push(["the content lies in the clear, and the room is incognito", position]);
    if ((await this.#standingRows()) !== this.#standings.join("\n"))
      found.push(["changes of membership are not recorded by person as the log has them", null]);
    if (!this.isShut && (await this.#replyRows()) !== this.#replies.join("\n"))
      found.push(["replies are not recorded as the log has them", null]);
    return found;
  }

  #standing(content: JsonObject | null): string {
    return this.isShut ? "" : JSON.stringify([content?.participant, content?.membership]);
  }

  async #standingRows(): Promise<string> {
    const rows = await listStandingRows(this.#reader, this.#stored);
    const lines = rows.map(
      ({ position, seq, fqid, membership }) =>
        `${position} ${seq} ${this.#standing({ participant: fqid, membership })}`,
    );
    return lines.join("\n");
  }

  async #replyRows(): Promise<string> {
    const rows = await listReplyRows(this.#reader, this.#stored);
    return rows.map(({ position, target_id }) => `${position} ${target_id}`).join("\n");
  }
}
