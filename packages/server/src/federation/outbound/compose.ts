import type { EventId, Fqid, RoomId } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import type { Db, Reader } from "../../db/index.ts";
import { within } from "../../lib/fitting.ts";
import { findByFqid } from "../../participants/index.ts";
import { policyOf } from "../../peers/index.ts";
import { findRoomByNo } from "../../state/index.ts";
import { findSigningKey, type SigningKey, type Tenant } from "../../tenants/index.ts";
import { type DueRoom, listDue } from "../rows/deliveries.store.ts";
import { signHead } from "../wire/heads.ts";
import { inviteItem } from "../hub/invite-item.ts";
import { listOutgoing, type Outgoing } from "../rows/outgoing.store.ts";
import { isLeave } from "../replica/leaving.ts";
import { listPending } from "../rows/proposals.store.ts";
import { listWireTexts, sightBy } from "../wire/wire-event.ts";

/** An item of a batch, and what its result is to be noted on. */
export type Addressed =
  | {
      readonly kind: "submit";
      readonly item: Item;
      readonly eventId: EventId;
      readonly roomNo: number;
      readonly roomId: RoomId;
      readonly participantNo: number;
      readonly isJoin: boolean;
      readonly isLeave: boolean;
    }
  | { readonly kind: "outgoing"; readonly item: Item; readonly number: number; readonly outgoing: Outgoing }
  | {
      readonly kind: "event";
      /** The item, as JSON. */
      readonly text: string;
      readonly roomNo: number;
      /** From where on the room was due. */
      readonly from: number;
      readonly position: number;
    };

/** So many items a request, and so many bytes of events. */
export const MOST_ITEMS = 50;
const MOST_BYTES = 700 * 1024;
const MOST_SUBMITTED_BYTES = 600 * 1024;
/**
 * Of one room's log, where others are due too, so many events and bytes a request: each room has its turn, however much
 * another is due. Not fewer, since each part of a log costs a signed head.
 */
const FEW = 25;
const FEW_BYTES = MOST_BYTES / 5;

/** What of all that waits is to be left out, and where to go on. */
export interface Turn {
  /** Unix milliseconds. */
  readonly now: number;
  /** Rooms whose proposals are left alone now, and numbers of news that are. */
  readonly rooms: ReadonlySet<number>;
  readonly news: ReadonlySet<number>;
  /** How far rooms are told, where that is further than is noted. */
  readonly told: ReadonlyMap<number, number>;
  /** The room whose log was the last to have its turn. */
  readonly after: number;
  /** Proposals had their turn just now: they are not to keep everything else waiting. */
  readonly isOthers: boolean;
  /** One thing at a time, as the server refuses whole requests: one item, of logs one room's. */
  readonly isApart: boolean;
}

/**
 * What one request to another server is to carry: what our people propose first, for they wait; then what it is to be told;
 * then what it is due of logs, some of each room. Where there is both, proposals and the others take turns.
 */
export function compose(db: Db, tenant: Tenant, serverName: string, turn: Turn): Promise<Addressed[]> {
  return db.snapshot(async (reader) => {
    const key = await findSigningKey(reader, tenant.tenantNo, turn.now);
    if (key === undefined) throw new Error("a tenant without a signing key");
    if (turn.isOthers) {
      const others = await othersOf(reader, tenant, serverName, key, turn);
      return others.length > 0 ? others : submitsOf(reader, tenant, serverName, turn);
    }
    const submits = await submitsOf(reader, tenant, serverName, turn);
    return submits.length > 0 ? submits : othersOf(reader, tenant, serverName, key, turn);
  });
}

async function submitsOf(reader: Reader, tenant: Tenant, serverName: string, turn: Turn): Promise<Addressed[]> {
  const submits = await proposed(reader, tenant, serverName, turn.rooms);
  // Its answer may bring a whole room: nothing else is asked for with it.
  const join = submits.findIndex(({ isJoin }) => isJoin);
  if (join === 0 || turn.isApart) return submits.slice(0, 1);
  // The answer brings them all back, each with a head.
  const some = submits.slice(0, join === -1 ? MOST_ITEMS : join);
  return within(some, MOST_SUBMITTED_BYTES, ({ item }) => Buffer.byteLength(JSON.stringify(item))).items;
}

async function othersOf(
  reader: Reader,
  tenant: Tenant,
  serverName: string,
  key: SigningKey,
  turn: Turn,
): Promise<Addressed[]> {
  const told = await toBeTold(reader, tenant, serverName, key, turn);
  if (turn.isApart && told.length > 0) return told.slice(0, 1);
  return [...told, ...(await dueOf(reader, tenant, serverName, key, MOST_ITEMS - told.length, turn))];
}

async function proposed(
  reader: Reader,
  { tenantNo }: Tenant,
  serverName: string,
  skipped: ReadonlySet<number>,
): Promise<Extract<Addressed, { kind: "submit" }>[]> {
  const pending = await listPending(reader, tenantNo, serverName, { limit: MOST_ITEMS, skipped });
  return pending.map(({ event, opening, roomNo, participantNo }) => ({
    kind: "submit",
    item: { type: "submit", event, ...(opening !== null && { opening }) },
    eventId: event.id,
    roomNo,
    roomId: event.room_id,
    participantNo,
    isLeave: isLeave({ type: event.event_type, ...event }),
    isJoin: event.content["membership"] === "join" || event.content["state"] === "open",
  }));
}

async function toBeTold(
  reader: Reader,
  tenant: Tenant,
  serverName: string,
  key: SigningKey,
  { news }: Turn,
): Promise<Addressed[]> {
  const items: Addressed[] = [];
  for (const outgoing of await listOutgoing(reader, tenant.tenantNo, serverName, MOST_ITEMS + news.size)) {
    if (news.has(outgoing.number) || items.length === MOST_ITEMS) continue;
    const { number } = outgoing;
    if (outgoing.kind === "profile") {
      const item = await profileItem(reader, tenant, outgoing.participant);
      if (item !== undefined) items.push({ kind: "outgoing", item, number, outgoing });
      continue;
    }
    const stored = await findRoomByNo(reader, tenant.tenantNo, outgoing.roomNo);
    if (stored === undefined) continue;
    if (outgoing.kind === "invite") {
      const item = await inviteItem(reader, stored, outgoing.position, key);
      items.push({ kind: "outgoing", item, number, outgoing });
      continue;
    }
    const { participant, cause } = outgoing;
    const item: Item = { type: "resign", room_id: stored.roomId, participant, cause };
    items.push({ kind: "outgoing", item, number, outgoing });
  }
  return items;
}

async function profileItem(reader: Reader, { tenantNo }: Tenant, fqid: Fqid): Promise<Item | undefined> {
  const who = await findByFqid(reader, tenantNo, fqid);
  if (who === undefined || who.participantType === "federated") return undefined;
  return { type: "profile", fqid, display_name: who.displayName, participant_type: who.participantType };
}

/** What is due of logs, some of each room. */
async function dueOf(
  reader: Reader,
  tenant: Tenant,
  serverName: string,
  key: SigningKey,
  mostItems: number,
  turn: Turn,
): Promise<Addressed[]> {
  const rooms = await roomsIn(reader, tenant, serverName, turn, turn.isApart ? Math.min(1, mostItems) : mostItems);
  const policy = await policyOf(reader, tenant.tenantNo);
  const mostOfOne = Math.max(FEW, Math.floor(mostItems / rooms.length));
  const bytesOfOne = Math.max(FEW_BYTES, MOST_BYTES / rooms.length);
  const items: Addressed[] = [];
  let bytesLeft = MOST_BYTES;
  for (const { roomNo, roomId, roomType, firstPosition, from, to } of rooms) {
    const ref = { tenantNo: tenant.tenantNo, roomNo, roomId };
    const limit = Math.min(mostOfOne, mostItems - items.length);
    if (limit === 0) break;
    const sight = sightBy(policy, roomType, firstPosition);
    const due = await listWireTexts(reader, ref, { from, to, limit, sight });
    const { items: events, size: bytes } = within(due, Math.min(bytesOfOne, bytesLeft), ({ text }) =>
      Buffer.byteLength(text),
    );
    // What does not fit any more is the first of the next request.
    if (items.length > 0 && bytes > bytesLeft) break;
    bytesLeft -= bytes;
    const last = events.at(-1);
    for (const { position, hash, text } of events) {
      // Signed once for all of them.
      const head = position === last?.position ? JSON.stringify(signHead(key, roomId, { position, hash })) : undefined;
      const item = `{"type":"event","event":${text}${head === undefined ? "" : `,"head":${head}`}}`;
      items.push({ kind: "event", text: item, roomNo, from, position });
    }
  }
  return items;
}

/** Rooms that are due, as many as a request takes events of; few are looked at where they fill it. */
async function roomsIn(
  reader: Reader,
  { tenantNo }: Tenant,
  serverName: string,
  turn: Turn,
  mostItems: number,
): Promise<DueRoom[]> {
  if (mostItems === 0) return [];
  const some = Math.ceil(mostItems / FEW);
  const rooms = await listDue(reader, tenantNo, serverName, { ...turn, limit: some });
  const count = rooms.reduce((sum, { from, to }) => sum + Math.min(FEW, to - from + 1), 0);
  if (rooms.length < some || some === mostItems || count >= mostItems) return rooms;
  return listDue(reader, tenantNo, serverName, { ...turn, limit: mostItems });
}
