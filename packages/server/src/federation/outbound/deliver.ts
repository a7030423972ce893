import {
  type ErrorCode,
  ERRORS,
  type EventId,
  type Fqid,
  type Json,
  proposalText,
  type RoomId,
  StairwellError,
} from "@stairwell/protocol";
import type { Item, ItemResult, WireRefusal } from "@stairwell/protocol/federation";
import { isSendable } from "@stairwell/protocol/room";
import type { Db } from "../../db/index.ts";
import { findNewestSeq } from "../../events/index.ts";
import { deleteRefusal, insertRefusal } from "../../peers/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { deleteOutgoing } from "../rows/outgoing.store.ts";
import { markSent, markUnsent, NO_ROOM, settle } from "../rows/proposals.store.ts";
import type { Sides } from "../replica/direct.ts";
import type { Fates } from "../replica/fates.ts";
import { leaveSettled, type TellLeaving } from "../replica/leaving.ts";
import type { Addressed } from "./compose.ts";
import { noteLogs } from "./note-logs.ts";
import { PeerRefused } from "./peer-refused.ts";
import { readResults } from "./read-results.ts";

export interface DeliverParts {
  readonly db: Db;
  readonly fates: Fates;
  /** Sends items, each as JSON, to another server's `/send`; its answer is untrusted. Throws as `askPeer`. */
  readonly post: (tenant: Tenant, serverName: string, items: readonly string[]) => Promise<Json>;
  /** Tells somebody that what they were answered "not done yet" of is refused. */
  readonly tellRefused: (tenantNo: number, participantNo: number, refused: Refused) => void;
  /** As `LeavingParts`. */
  readonly tellLeaving: TellLeaving;
  readonly onFault: (error: unknown, peer?: string) => void;
  /** Takes an event of ours that its hub has sequenced, and the room that may come with it. */
  readonly takeSequenced: (
    tenant: Tenant,
    serverName: string,
    result: Extract<ItemResult, { status: "sequenced" }>,
    opened: Sides | undefined,
  ) => Promise<void>;
  /** Takes the direct room that a pair of ours and theirs has already. */
  readonly takeKnown: (
    tenant: Tenant,
    serverName: string,
    result: Extract<ItemResult, { status: "known" }>,
    asked: Sides,
  ) => Promise<void>;
}

/** What a hub does not append, as its proposer hears it (FD13). */
export interface Refused {
  readonly id: EventId;
  readonly room_id: RoomId;
  readonly error: WireRefusal & { readonly message: string };
}

/** What came of one request. */
export interface Delivered {
  /** Rooms whose proposals are to be asked again later, each with whether some of them were taken. */
  readonly rooms: ReadonlyMap<number, boolean>;
  /** News that are, by their numbers. */
  readonly news: ReadonlySet<number>;
  /** A room that came with a first join, by its number: settles when it is taken, with whether it could be. */
  readonly taking: ReadonlyMap<number, Promise<boolean>>;
  /** All logs were taken as far as they were sent. */
  readonly isWhole: boolean;
  /** Settles when that is noted. */
  readonly noting: Promise<void>;
}

const NOTHING: Delivered = {
  rooms: new Map(),
  news: new Set(),
  taking: new Map(),
  isWhole: false,
  noting: Promise.resolve(),
};

/**
 * Sends one batch to another server and notes what became of each item. What may have arrived without an answer stays, to
 * be sent again under the same ids; what certainly did not arrive is as if it had not been tried. Throws what it failed by;
 * but a refusal of a request that is all about one thing is that thing's, where `isApart`.
 */
export async function deliver(
  parts: DeliverParts,
  tenant: Tenant,
  serverName: string,
  composed: readonly Addressed[],
  { isApart = false }: { readonly isApart?: boolean } = {},
): Promise<Delivered> {
  const { db } = parts;
  const scope = { tenantNo: tenant.tenantNo };
  const { batch, first } = await stillDue(db, tenant, composed);
  if (batch.length === 0) return NOTHING;
  let results: ItemResult[];
  try {
    results = await resultsOf(parts, tenant, serverName, batch, isApart);
  } catch (error) {
    // What was sent before may have arrived then, whatever has become of it now.
    const unsent = isUnsent(error) ? first : [];
    if (unsent.length > 0) await db.write(scope, (tx) => markUnsent(tx, tenant.tenantNo, unsent));
    // They go again at once, each by itself.
    if (error instanceof PeerRefused && error.isOfContent) throw error;
    for (const id of idsIn(batch)) {
      const fate = unsent.includes(id) ? ({ kind: "unsent", error } as const) : ({ kind: "unknown" } as const);
      parts.fates.tell(tenant.tenantNo, id, fate);
    }
    throw error;
  }
  const [rooms, news] = [new Map<number, boolean>(), new Set<number>()];
  const moved = new Set<number>();
  const taking = new Map<number, Promise<boolean>>();
  const { isWhole, noting } = noteLogs(db, tenant, serverName, batch, results);
  if (!isWhole) await noting;
  for (const [i, each] of batch.entries()) {
    const result = results[i]!;
    if (each.kind === "event") continue;
    if (result.status === "retry") {
      if (each.kind === "submit") rooms.set(each.roomNo, moved.has(each.roomNo));
      else news.add(each.number);
      continue;
    }
    if (each.kind === "outgoing") {
      await db.write(scope, (tx) => deleteOutgoing(tx, tenant.tenantNo, serverName, each.outgoing));
      continue;
    }
    if (rooms.has(each.roomNo) || taking.has(each.roomNo)) continue;
    const noted = noteSubmit(parts, tenant, serverName, each, result);
    if (bringsRoom(each, result)) taking.set(each.roomNo, noted);
    else if (await noted) moved.add(each.roomNo);
    else rooms.set(each.roomNo, moved.has(each.roomNo));
  }
  return { rooms, news, taking, isWhole, noting };
}

/**
 * A batch without the proposals that their askers took back, since they were told that they did not leave; and those of its
 * proposals that leave for the first time.
 */
async function stillDue(
  db: Db,
  { tenantNo }: Tenant,
  batch: readonly Addressed[],
): Promise<{ readonly batch: readonly Addressed[]; readonly first: readonly EventId[] }> {
  const ids = idsIn(batch);
  if (ids.length === 0) return { batch, first: [] };
  const sent = await db.write({ tenantNo }, (tx) => markSent(tx, tenantNo, ids));
  return {
    batch: batch.filter((each) => each.kind !== "submit" || sent.has(each.eventId)),
    first: ids.filter((id) => sent.get(id) === "first"),
  };
}

function idsIn(batch: readonly Addressed[]): EventId[] {
  return batch.flatMap((each) => (each.kind === "submit" ? [each.eventId] : []));
}

async function resultsOf(
  { post }: DeliverParts,
  tenant: Tenant,
  serverName: string,
  batch: readonly Addressed[],
  isApart: boolean,
): Promise<ItemResult[]> {
  try {
    const items = batch.map((each) => (each.kind === "event" ? each.text : JSON.stringify(each.item)));
    return readResults(await post(tenant, serverName, items), batch.length);
  } catch (error) {
    if (!isApart || !(error instanceof PeerRefused) || !error.isOfContent) throw error;
    const code = Object.hasOwn(ERRORS, error.said) ? (error.said as ErrorCode) : "SW_REQUEST_INVALID";
    return batch.map(() => ({ status: "refused", error: { code } }));
  }
}

type Submit = Extract<Addressed, { kind: "submit" }>;

/** Whether all of a room has come with a join, which may take long. A direct room that begins with it is a small one. */
function bringsRoom({ roomNo }: Submit, result: ItemResult): boolean {
  return roomNo !== NO_ROOM && result.status === "sequenced" && result.join !== undefined;
}

/** Notes what became of a proposal; false where that cannot be believed. Does not reject. */
async function noteSubmit(
  parts: DeliverParts,
  tenant: Tenant,
  serverName: string,
  each: Submit,
  result: ItemResult,
): Promise<boolean> {
  try {
    await note(parts, tenant, serverName, each, result);
    return true;
  } catch (error) {
    // What cannot be believed of one room is no other room's affair: its own people learn it from the log, or never.
    parts.onFault(error, serverName);
    parts.fates.tell(tenant.tenantNo, each.eventId, { kind: "unknown" });
    return false;
  }
}

async function note(
  parts: DeliverParts,
  tenant: Tenant,
  serverName: string,
  each: Submit,
  result: ItemResult,
): Promise<void> {
  const { db, fates } = parts;
  const { tenantNo } = tenant;
  if (result.status === "sequenced") {
    if (each.item.type !== "submit" || proposalText(result.event.envelope) !== proposalText(each.item.event)) {
      throw new StairwellError("SW_FED_SIGNATURE", { message: "The answer is of another event.", rule: "FD13" });
    }
    await parts.takeSequenced(tenant, serverName, result, sidesIn(each));
    return;
  }
  if (result.status === "known") {
    const asked = sidesIn(each);
    if (asked === undefined) throw new StairwellError("SW_FED_PEER_UNREACHABLE", { message: "Nobody asked for that." });
    await parts.takeKnown(tenant, serverName, result, asked);
  } else if (result.status !== "refused" && !isNothing(each.item, result)) {
    throw new StairwellError("SW_FED_SIGNATURE", { message: "The answer is none to a proposal.", rule: "FD13" });
  }
  const error: WireRefusal | null = result.status === "refused" ? knownRefusal(result.error) : null;
  const isToBeTold = await db.write({ tenantNo }, async (tx) => {
    if (!(await settle(tx, tenantNo, each.eventId, { error }))) return undefined;
    const isRefused = each.isLeave ? await leaveSettled(tx, parts, { tenantNo, ...each }, each, error) : true;
    if (error !== null && isRefused) {
      const refusal = { id: each.eventId, roomId: each.roomId, error };
      await insertRefusal(tx, tenantNo, each.participantNo, refusal, await findNewestSeq(tx, tenantNo));
    }
    return isRefused;
  });
  if (isToBeTold === undefined) return;
  const isHeard = fates.tell(
    tenantNo,
    each.eventId,
    error === null || !isToBeTold ? { kind: "unchanged" } : { kind: "refused", error },
  );
  if (error === null || !isToBeTold) return;
  if (isHeard) {
    await db.write({ tenantNo }, (tx) => deleteRefusal(tx, tenantNo, each.participantNo, each.eventId));
    return;
  }
  const refused = { ...error, message: new StairwellError(error.code).message };
  parts.tellRefused(tenantNo, each.participantNo, { id: each.eventId, room_id: each.roomId, error: refused });
}

/** Whose direct room is to begin with a proposal; undefined of any other. */
function sidesIn({ item }: Submit): Sides | undefined {
  if (item.type !== "submit" || item.opening === undefined) return undefined;
  return { ours: item.event.sender, theirs: item.opening.invite.content["participant"] as Fqid };
}

/** Whether a hub says that a proposal changes nothing; of a message or a custom event nobody can say so. */
function isNothing(item: Item, { status }: ItemResult): boolean {
  return status === "unchanged" && item.type === "submit" && !isSendable(item.event.event_type);
}

/** A code that is none of ours, or that no command is refused with, says nothing to our people. */
function knownRefusal(error: WireRefusal): WireRefusal {
  const status = Object.hasOwn(ERRORS, error.code) ? ERRORS[error.code].status : 500;
  return [400, 403, 404, 409, 413].includes(status) ? error : { code: "SW_FED_PEER_UNREACHABLE" };
}

function isUnsent(error: unknown): boolean {
  if (error instanceof PeerRefused && error.mayHaveArrived) return false;
  return error instanceof StairwellError && error.code !== "SW_FED_OUTCOME_UNKNOWN";
}
