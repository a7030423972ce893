import type { EventId, Fqid, JsonObject } from "@stairwell/protocol";
import type { MemberState } from "@stairwell/protocol/room";
import { isServerFqid } from "@stairwell/protocol";
import { type AuditRecord, listRecordsOfLog, moderationIn } from "../audit/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent, type RoomRef, type StoredEvent } from "../events/index.ts";

/** Holds what the audit says of a room against its log: the same acts, by the same people, and no others. */
export class AuditCheck {
  readonly #reader: Reader;
  readonly #ref: RoomRef;
  readonly #records: Map<EventId, AuditRecord>;

  static async of(reader: Reader, ref: RoomRef): Promise<AuditCheck> {
    return new AuditCheck(reader, ref, await listRecordsOfLog(reader, ref.tenantNo, ref.roomId));
  }

  private constructor(reader: Reader, ref: RoomRef, records: readonly AuditRecord[]) {
    this.#reader = reader;
    this.#ref = ref;
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
    const authorOf = async (id: string): Promise<Fqid | null | undefined> =>
      (await findEvent(this.#reader, this.#ref, id))?.sender;
    const due = await moderationIn({ ...event, content, before }, authorOf);
    if (due === undefined) return found && "is on record in the audit as what it is not";
    if (found === undefined) return "is moderation that the audit does not have";
    const isSame = found.action === due.action && found.actor === due.actor && found.target === (due.target ?? null);
    return isSame ? undefined : "stands otherwise in the audit";
  }

  /** Records of events that the log does not have. */
  get surplus(): number {
    return this.#records.size;
  }
}
