import { decide } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Log, RoomRef, StoredEvent } from "../events/index.ts";
import { carryOut, findFacts } from "../state/index.ts";

export interface AdminRedaction {
  readonly at: RoomRef;
  /** The redaction that was appended; undefined where the event was redacted already. */
  readonly redaction: StoredEvent | undefined;
}

/**
 * LC8: redacts any event of the tenant for an administrator, in the caller's transaction; the server is the sender.
 * `SW_ROOM_NOT_FOUND`, `SW_EVENT_NOT_FOUND`; `SW_REQUEST_INVALID` for an event that has nothing to redact.
 */
export async function redactAsAdmin(
  tx: Tx,
  log: Log,
  actor: Actor,
  { room_id, event_id }: { room_id: string; event_id: string },
  reason: string,
): Promise<AdminRedaction> {
  const found = await findFacts(tx, actor, tx.now, room_id, { event: { id: event_id, anywhere: true } });
  const { events } = await carryOut(tx, log, found, decide(found.facts, { kind: "adminRedact", reason }));
  return { at: found.stored!, redaction: events[0] };
}
