import type { EventId, Fqid, JsonObject } from "@stairwell/protocol";
import { type MemberState, REDACTION } from "@stairwell/protocol/room";
import { isServerFqid } from "@stairwell/protocol";
import { type AuditRecord, listRecordsOfLog, moderationIn } from "../audit/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent, type RoomRef, type StoredEvent } from "../events/index.ts";
import type { Standpoint } from "./standpoint.ts";

/** Holds what the audit says of a room against its log: the same acts, by the same people, and no others. */
export class AuditCheck {
  readonly #reader: Reader;
  readonly #ref: RoomRef;
  readonly #standpoint: Standpoint;
  readonly #records: Map<EventId, AuditRecord>;

  static async of(reader: Reader, ref: RoomRef, standpoint: Standpoint): Promise<AuditCheck> {
    const records = await listRecordsOfLog(reader, ref.tenantNo, ref.roomId);
    // What a hub said twice names the event that it is about, which is no act of anybody's here.
    const acts = records.filter(({ action }) => action !== "federation.conflict");
    return new AuditCheck(reader, ref, standpoint, acts);
  }

  private constructor(reader: Reader, ref: RoomRef, standpoint: Standpoint, records: readonly AuditRecord[]) {
    this.#reader = reader;
    this.#ref = ref;
    this.#standpoint = standpoint;
    this.#records = new Map(records.map((record) => [record.eventId!, record]));
  }

  /** What is wrong with the record of one event; `before` is the member it is about, as they were before it. */
  async take(
    event: StoredEvent,
    content: JsonObject | null,
    before: MemberState | undefined,
  ): Promise<string | undefined> {
    const found = this.#records.get(event.eventId);
    this.#records.delete(event.eventId);
    // A wiped event no longer says what it was; what an administrator had the server do, only their call knows.
    if (content === null || (event.sender !== null && isServerFqid(event.sender))) return undefined;
    // What was before our time was not put on record here, nor whose the messages of then are.
    if (this.#standpoint.isHistory(event)) return found && "is on record in the audit, and was before our time";
    if (event.eventType === REDACTION && (await this.#isBeforeOurTime(content))) return undefined;
    const authorOf = async (id: string): Promise<Fqid | null | undefined> =>
      (await findEvent(this.#reader, this.#ref, id))?.sender;
    const due = await moderationIn({ ...event, content, before }, authorOf);
    if (due === undefined) return found && "is on record in the audit as what it is not";
    if (found === undefined) return "is moderation that the audit does not have";
    const isSame = found.action === due.action && found.actor === due.actor && found.target === (due.target ?? null);
    return isSame ? undefined : "stands otherwise in the audit";
  }

  async #isBeforeOurTime({ event_id: id }: JsonObject): Promise<boolean> {
    if (this.#standpoint.replica === undefined) return false;
    const target = await findEvent(this.#reader, this.#ref, id as string);
    return target === undefined || this.#standpoint.isHistory(target);
  }

  /** Records of events that the log does not have. */
  get surplus(): number {
    return this.#records.size;
  }
}
