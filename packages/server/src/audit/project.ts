import type { EventId, Fqid, RoomId } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { type LoggedAct, mayModerate, moderationIn } from "./moderation.ts";
import { record } from "./record.ts";

/** What the log tells its projections, as far as this one looks. */
interface Change {
  readonly ref: { readonly tenantNo: number; readonly roomNo: number; readonly roomId: RoomId };
  readonly event: Pick<LoggedAct, "eventType" | "sender" | "imported"> & { readonly eventId: EventId };
  readonly content: LoggedAct["content"];
  readonly before: { readonly member: LoggedAct["before"] };
}

/** Whose message an event of a room is; null for one of the server itself, undefined for an unknown one. */
export type AuthorOf = (tx: Tx, ref: Change["ref"], eventId: string) => Promise<Fqid | null | undefined>;

/** Puts moderation on record, by whatever call or door it came: as the log has it. */
export function projectAudit(authorOf: AuthorOf) {
  return async (tx: Tx, { ref, event, content, before }: Change): Promise<void> => {
    if (!mayModerate(event.eventType)) return;
    const { tenantNo, roomId } = ref;
    const act = { ...event, content, before: before.member };
    const moderation = await moderationIn(act, (eventId) => authorOf(tx, ref, eventId));
    if (moderation !== undefined) await record(tx, { ...moderation, tenantNo, roomId, eventId: event.eventId });
  };
}
