import { StairwellError } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import type { Db } from "../../db/index.ts";
import { findHead } from "../../events/index.ts";
import { within } from "../../lib/fitting.ts";
import { policyOf } from "../../peers/index.ts";
import { findRoom } from "../../state/index.ts";
import { findSigningKey } from "../../tenants/index.ts";
import { findDelivery } from "../rows/deliveries.store.ts";
import { signHead } from "../wire/heads.ts";
import { listWireEvents, sightBy } from "../wire/wire-event.ts";
import type { Proposer } from "./proposer.ts";

/** A part of a log: what comes after a position, or what stands right before one. */
export interface Range {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface Backfill {
  /** Oldest first. */
  readonly events: readonly WireEvent[];
  /** Of the last of them; null where there is none. */
  readonly head: SignedHead | null;
}

/** Bytes of events in one answer, which may have a mebibyte in all (FD21). */
const MOST_BYTES = 900 * 1024;

/**
 * A part of a room's log for a server that shares it (FD12), or did, up to where it was due: what comes after the going of
 * its last member is not. `now`: Unix milliseconds. `SW_ROOM_NOT_FOUND`.
 */
export function backfill(
  db: Db,
  { tenant, serverName }: Pick<Proposer, "tenant" | "serverName">,
  roomId: string,
  range: Range,
  now: number,
): Promise<Backfill> {
  return db.snapshot(async (reader) => {
    const stored = await findRoom(reader, tenant.tenantNo, roomId);
    const delivery = stored && (await findDelivery(reader, stored, serverName));
    const first = delivery?.firstPosition ?? undefined;
    // Of a room that is shared no more, only what a server has not confirmed yet is still its due (FD10).
    const rest = stored?.room.federated === false ? (delivery?.confirmedPosition ?? 0) + 1 : 1;
    const isOver = delivery?.lastPosition != null && rest > delivery.lastPosition;
    if (stored?.hub !== tenant.serverName || first === undefined || isOver) {
      throw new StairwellError("SW_ROOM_NOT_FOUND");
    }
    const policy = await policyOf(reader, tenant.tenantNo);
    const limit = Math.min(range.limit, policy.max_backfill_events_per_request);
    const end = delivery!.lastPosition ?? (await findHead(reader, stored))!.position;
    const from = Math.max(rest, range.before === undefined ? (range.after ?? 0) + 1 : range.before - limit);
    const to = Math.min(end, range.before === undefined ? from + limit - 1 : range.before - 1);
    const sight = sightBy(policy, stored.room.roomType, first);
    const events = to < from || limit === 0 ? [] : await listWireEvents(reader, stored, { from, to, limit, sight });
    const fitting = range.before === undefined ? fit(events) : fit(events.toReversed()).toReversed();
    const last = fitting.at(-1);
    const key = await findSigningKey(reader, tenant.tenantNo, now);
    if (last === undefined || key === undefined) return { events: [], head: null };
    const { position } = last.envelope;
    return { events: fitting, head: signHead(key, stored.roomId, { position, hash: last.hash }) };
  });
}

/** As many from the start as fit one answer; one always does. */
export function fit(events: readonly WireEvent[], mostBytes: number = MOST_BYTES): WireEvent[] {
  return within(events, mostBytes, (event) => Buffer.byteLength(JSON.stringify(event))).items;
}
