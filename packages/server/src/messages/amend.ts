import type { Decision } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx, WriteScope } from "../db/index.ts";
import type { Log, RoomRef, StoredEvent } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { carryOut, findFacts, type Found } from "../state/index.ts";

export interface Amending {
  db: Db;
  log: Log;
  identities: Identities;
}

export interface Amendment extends Answer<{ room_id: string; event_id: string }> {
  /** None where it says what is already. */
  appended: number;
}

/**
 * Decides and carries out a command about one event of a room, in one transaction; `appended` has what came of it. What
 * `isModeration` may touch more than the room's rows: the audit, and media that other rooms name too.
 */
export function amend(
  { db, log }: Amending,
  actor: Actor,
  receipt: Receipt | undefined,
  { room_id, event_id }: { room_id: string; event_id: string },
  { isModeration = false, ...needs }: { emoji?: string; isModeration?: boolean },
  decided: (tx: Tx, found: Found) => Decision | Promise<Decision>,
  appended: (tx: Tx, at: RoomRef, event: StoredEvent) => Promise<void> = async () => {},
): Promise<Amendment> {
  const { tenantNo } = actor.tenant;
  const scope: WriteScope = isModeration ? { tenantNo } : { tenantNo, room: room_id };
  return perform(db, scope, receipt, async (tx) => {
    const found = await findFacts(tx, actor, tx.now, room_id, { event: { id: event_id, ...needs } });
    const { events } = await carryOut(tx, log, found, await decided(tx, found));
    if (events.length > 0) await appended(tx, found.stored!, events.at(-1)!);
    return { status: 200 as const, ref: { room_id, event_id }, appended: events.length };
  });
}
