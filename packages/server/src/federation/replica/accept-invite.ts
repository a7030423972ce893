import { type Fqid, parseFqid, StairwellError } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import { MEMBER, type MemberContent } from "@stairwell/protocol/room";
import { type CameEvent, findEventAt, findHead, type RoomRef } from "../../events/index.ts";
import { findByFqid } from "../../participants/index.ts";
import {
  findMember,
  findRoom,
  invitedRoom,
  nextRoomNo,
  putReplica,
  type ReplicaRows,
  type StoredRoom,
} from "../../state/index.ts";
import type { Tx } from "../../db/index.ts";
import { knownOrMade } from "../people/foreign-people.ts";
import { checkHead } from "../wire/heads.ts";
import { isJoining } from "../rows/proposals.store.ts";
import { countInvitedTo, findReplicaState, saveReplica } from "../rows/replicas.store.ts";
import type { Tenant } from "../../tenants/index.ts";
import { checkEvents } from "./check-events.ts";
import { checkPlaces } from "./check-place.ts";
import { isFit } from "./check-state.ts";
import { checkSides, makeWay, pairOf } from "./direct.ts";
import { over } from "./end-here.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";

/** Rooms of one server that a tenant may be invited to and nobody has joined yet. */
export const MOST_INVITED = 1000;

type Invite = Extract<Item, { type: "invite" }>;

/**
 * Shows one of our people a room of another server that they are invited to (FD11): its rows, and the one event. Again it
 * changes nothing. `SW_FED_SIGNATURE`; `SW_PARTICIPANT_NOT_FOUND` for nobody of ours; `SW_ROOM_NOT_FOUND` for a room that
 * is known as another server's (FD23); `SW_ROOM_FROZEN` for one whose sharing has ended (FD10); `SW_UNAVAILABLE` while a
 * first join of one of ours is being taken.
 */
export async function acceptInvite(
  { db, log, keyAt, eager }: ReplicaParts,
  { tenant, serverName, keyOf }: HubPeer,
  { room, event, head }: Invite,
): Promise<void> {
  if (head.room_id !== room.room_id || head.hash !== event.hash || head.position !== event.envelope.position) {
    throw new StairwellError("SW_FED_SIGNATURE", { message: "The head is not that of the invite.", rule: "FD4" });
  }
  await checkHead(keyOf, head);
  const [came] = await checkEvents(keyAt(tenant.tenantNo, serverName), room.room_id, serverName, undefined, [event], {
    live: true,
  });
  if (!isFit(room)) throw new StairwellError("SW_REQUEST_INVALID", { message: "It is no room that could be shown." });
  const { participant, membership } = (event.content ?? {}) as Partial<MemberContent>;
  const isInvite = event.envelope.event_type === MEMBER && membership === "invite" && participant !== undefined;
  if (!isInvite) throw new StairwellError("SW_REQUEST_INVALID", { message: "It is no invite." });
  await db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const invitee = await findByFqid(tx, tenant.tenantNo, participant);
    if (invitee === undefined || invitee.deactivatedAt !== null || invitee.serverName !== tenant.serverName) {
      throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
    }
    const known = await findRoom(tx, tenant.tenantNo, room.room_id);
    if (known !== undefined && known.hub !== serverName) throw new StairwellError("SW_ROOM_NOT_FOUND");
    const state = known && (await findReplicaState(tx, known));
    if (state === "ended") throw over();
    // Of a room whose log is here the invite comes in its place, with all that was before it.
    if (known !== undefined && state !== "invited") return;
    if (known !== undefined && (await findEventAt(tx, known, came!.position))?.hash === came!.hash) return;
    // What comes while our first join is being taken is due right after it; alone, it would stand in the way of that.
    if (known !== undefined && (await isJoining(tx, known))) throw new StairwellError("SW_UNAVAILABLE");
    if (known === undefined) await mustBeFew(tx, tenant, serverName);
    else if ((await findMember(tx, known, invitee.participantNo))?.membership === "invite") return;
    else await checkInvite(tx, tenant, known, came!);
    const sides = room.room_type === "dm" ? { ours: invitee.fqid, theirs: came!.sender! } : undefined;
    if (sides !== undefined) checkSides(tenant, serverName, sides, { ...room, members: [] });
    for (const fqid of [room.creator, came!.sender]) await made(tx, tenant, fqid);
    const pair = sides === undefined ? null : await pairOf(tx, tenant, sides);
    if (pair !== null && known === undefined)
      await makeWay(tx, { ...tenant, roomId: room.room_id }, pair, invitee.participantNo);
    const stored = known ?? (await shown(tx, tenant.tenantNo, serverName, room, pair));
    await log.follow(tx, stored, stored.room, came!, { loose: true });
    if (invitee.autoJoin) tx.afterCommit(() => eager(tenant, invitee, room.room_id));
  });
}

/** A server that invites to ever more rooms, which nobody joins, fills no store. */
async function mustBeFew(tx: Tx, { tenantNo }: Tenant, serverName: string): Promise<void> {
  if ((await countInvitedTo(tx, tenantNo, serverName, MOST_INVITED)) < MOST_INVITED) return;
  throw new StairwellError("SW_ROOM_CAPACITY", {
    message: "Too many invites of your server stand open.",
    rule: "FD11",
  });
}

/** Of a room whose log is not here yet, invites stand at places of their own, each later than those before it. */
async function checkInvite(tx: Tx, tenant: Tenant, known: StoredRoom, came: CameEvent): Promise<void> {
  await checkPlaces(tx, tenant, known, [came]);
  const head = await findHead(tx, known);
  if (head === undefined || head.position < came.position) return;
  throw new StairwellError("SW_FED_SIGNATURE", { message: "An invite stands there already.", rule: "FD17" });
}

async function made(tx: Tx, tenant: HubPeer["tenant"], fqid: Fqid | null): Promise<void> {
  if (fqid !== null && parseFqid(fqid) !== undefined) await knownOrMade(tx, tenant, fqid);
}

async function shown(
  tx: Tx,
  tenantNo: number,
  hub: string,
  room: Invite["room"],
  pair: ReplicaRows["pair"],
): Promise<StoredRoom> {
  const ref: RoomRef = { tenantNo, roomNo: await nextRoomNo(tx, tenantNo), roomId: room.room_id };
  const stored = await putReplica(tx, ref, {
    hub,
    alias: aliasOf(hub, room.room_alias),
    room: invitedRoom(room),
    pair,
    members: [],
  });
  const nothing = { oldestPosition: null, basePosition: null, baseState: null, head: null, proofs: [] };
  await saveReplica(tx, ref, { state: "invited", ...nothing });
  return stored;
}

/** A room bears an alias of its hub, and of no other server. */
export function aliasOf(hub: string, alias: string | null): string | null {
  return alias !== null && /^#[a-z0-9-]{1,80}:/.test(alias) && alias.slice(alias.indexOf(":") + 1) === hub
    ? alias
    : null;
}
