import { type Fqid, type Json, parseFqid, StairwellError } from "@stairwell/protocol";
import {
  type Item,
  ITEM_SHAPES,
  type ItemResult,
  type ProposedEvent,
  type WireEvent,
  type WireRefusal,
} from "@stairwell/protocol/federation";
import type { Db } from "../../db/index.ts";
import { findEvent } from "../../events/index.ts";
import { findRoom } from "../../state/index.ts";
import { isSame, submit, type SubmitParts } from "../hub/submit.ts";
import { submitOpening } from "../hub/submit-opening.ts";
import { resign } from "../hub/resign.ts";
import { acceptInvite } from "../replica/accept-invite.ts";
import type { HubPeer, ReplicaParts } from "../replica/peer.ts";
import { receiveEvents } from "../replica/receive.ts";
import { takeProfile } from "./take-profile.ts";
import { takeTyping, type TypingParts } from "./take-typing.ts";

export interface TakeParts extends ReplicaParts, SubmitParts, TypingParts {
  readonly db: Db;
}

/** So many items a request. */
export const MOST_ITEMS = 50;
/**
 * Bytes of events in one answer, which may have a mebibyte in all (FD21): what does not fit any more is not taken, and is to
 * be sent again. A join may bring a whole room, and needs most of it.
 */
const MOST_BYTES = 700 * 1024;
const MOST_BYTES_BEFORE_A_JOIN = 64 * 1024;

/**
 * Takes the items of a batch, one after the other, each with a result of its own: what is wrong with one is no neighbour's
 * affair (FD15). Events of one room that follow each other in the batch are one run of its log.
 */
export async function takeItems(parts: TakeParts, peer: HubPeer, items: readonly Json[]): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  /** Rooms of which something proposed must wait: what follows it waits too, so that it stands in the order of its saying. */
  const waiting = new Set<string>();
  let bytes = 0;
  for (let at = 0; at < items.length;) {
    const item = items[at]!;
    const room = roomOfSubmit(item);
    const isFull = bytes > (mayJoin(item) ? MOST_BYTES_BEFORE_A_JOIN : MOST_BYTES);
    const runs = isFull ? [] : runsAt(items, at);
    if (runs.length > 0) {
      const taken = await takeRuns(parts, peer, runs);
      results.push(...taken);
      at += taken.length;
      continue;
    }
    const isWaiting = isFull || (room !== undefined && waiting.has(room));
    const result: ItemResult = isWaiting
      ? { status: "retry" }
      : await resultOf(parts, () => takeItem(parts, peer, item));
    if (room !== undefined && result.status === "retry") waiting.add(room);
    if (result.status === "sequenced") bytes += Buffer.byteLength(JSON.stringify(result));
    results.push(result);
    at++;
  }
  return results;
}

/** The room of something proposed, whatever else is wrong with it. */
function roomOfSubmit(item: Json): string | undefined {
  const { type, event } = (item ?? {}) as { type?: unknown; event?: { room_id?: unknown } | null };
  const room = event?.room_id;
  return type === "submit" && typeof room === "string" ? room : undefined;
}

function mayJoin(item: Json): boolean {
  const { event } = (item ?? {}) as { event?: { content?: { membership?: unknown } | null } | null };
  return event?.content?.membership === "join";
}

type EventItem = Extract<Item, { type: "event" }>;

/** The runs of events that begin here, up to the first item that is none. */
function runsAt(items: readonly Json[], at: number): EventItem[][] {
  const runs: EventItem[][] = [];
  for (let next = at; next < items.length;) {
    const run = runAt(items, next);
    if (run.length === 0) break;
    runs.push(run);
    next += run.length;
  }
  return runs;
}

/** Rooms have nothing to do with each other: they are taken at once, and share a write; what is of one comes in its order. */
async function takeRuns(parts: TakeParts, peer: HubPeer, runs: readonly EventItem[][]): Promise<ItemResult[]> {
  const rooms = new Map<string, Promise<unknown>>();
  const results = runs.map((run) => {
    const room = run[0]!.event.envelope.room_id;
    const result = (rooms.get(room) ?? Promise.resolve()).then(() => resultOf(parts, () => takeRun(parts, peer, run)));
    rooms.set(room, result);
    return result;
  });
  return (await Promise.all(results)).flatMap((result, i) => runs[i]!.map(() => result));
}

/** The events of one room that begin here, up to and with the one that has the head; none where something else stands. */
function runAt(items: readonly Json[], at: number): EventItem[] {
  const run: EventItem[] = [];
  for (const item of items.slice(at)) {
    if (misshapeOf(item) !== undefined || (item as { type?: unknown }).type !== "event") break;
    const event = item as unknown as EventItem;
    if (run.length > 0 && event.event.envelope.room_id !== run[0]!.event.envelope.room_id) break;
    run.push(event);
    if (event.head !== undefined) break;
  }
  return run;
}

async function takeRun(parts: TakeParts, peer: HubPeer, run: readonly EventItem[]): Promise<ItemResult> {
  const events: WireEvent[] = run.map(({ event }) => event);
  const position = await receiveEvents(parts, peer, events[0]!.envelope.room_id, events, run.at(-1)!.head);
  return { status: "confirmed", position };
}

async function takeItem(parts: TakeParts, peer: HubPeer, item: Json): Promise<ItemResult> {
  const fault = misshapeOf(item);
  if (fault !== undefined) throw new StairwellError("SW_REQUEST_INVALID", { message: fault });
  const what = item as unknown as Exclude<Item, EventItem>;
  switch (what.type) {
    case "submit":
      return takeSubmit(parts, peer, what);
    case "invite":
      await acceptInvite(parts, peer, what);
      return { status: "ok" };
    case "resign":
      mustBeTheirs(peer, what.participant);
      await resign(parts, peer, what);
      return { status: "ok" };
    case "typing":
      mustBeTheirs(peer, what.participant);
      await takeTyping(parts, peer, what);
      return { status: "ok" };
    case "profile":
      mustBeTheirs(peer, what.fqid);
      await takeProfile(parts.db, peer.tenant, what);
      return { status: "ok" };
  }
}

async function takeSubmit(
  parts: TakeParts,
  peer: HubPeer,
  { event, opening }: Extract<Item, { type: "submit" }>,
): Promise<ItemResult> {
  try {
    if (opening !== undefined) return await submitOpening(parts, peer, event, opening);
    return await submit(parts, peer, event);
  } catch (error) {
    // Who is denied while they ask again is told nothing: what is in the log already was not refused.
    const isDenied = error instanceof StairwellError && error.code === "SW_FED_POLICY";
    if (isDenied && (await isThere(parts.db, peer, event))) return { status: "retry" };
    throw error;
  }
}

/** Whether what somebody of theirs says is in the log by their doing. */
async function isThere(db: Db, { tenant, serverName }: HubPeer, event: ProposedEvent): Promise<boolean> {
  if (parseFqid(event.sender)?.serverName !== serverName) return false;
  const at = await findRoom(db, tenant.tenantNo, event.room_id);
  const stored = at && (await findEvent(db, at, event.id));
  return stored !== undefined && isSame(stored, event);
}

function misshapeOf(item: Json): string | undefined {
  const type = (item as { type?: unknown } | null)?.type;
  const shape =
    typeof type === "string" && Object.hasOwn(ITEM_SHAPES, type) ? ITEM_SHAPES[type as Item["type"]] : undefined;
  if (shape === undefined) return "/type is none that is known";
  const fault = shape(item, "");
  return fault && `${fault.path} ${fault.reason}`;
}

function mustBeTheirs({ serverName }: HubPeer, fqid: Fqid): void {
  if (parseFqid(fqid)?.serverName === serverName) return;
  throw new StairwellError("SW_FED_POLICY", { message: "A server speaks for its own people alone.", rule: "FD15" });
}

async function resultOf({ onFault }: TakeParts, take: () => Promise<ItemResult>): Promise<ItemResult> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof StairwellError)) onFault(error);
    // What is our own trouble, or the network's, is no refusal.
    if (!(error instanceof StairwellError) || error.status >= 500 || error.status === 429) return { status: "retry" };
    const { rule, needed, actual } = error.info;
    const refusal: WireRefusal = {
      code: error.code,
      ...(rule !== undefined && { rule }),
      ...(needed !== undefined && { needed }),
      ...(actual !== undefined && { actual }),
    };
    return { status: "refused", error: refusal };
  }
}
