import { parseFqid, StairwellError } from "@stairwell/protocol";
import {
  type SignedHead,
  stateText,
  type WireJoin,
  type WireEvent,
  type WireState,
  wireStateText,
} from "@stairwell/protocol/federation";
import type { Tx } from "../../db/index.ts";
import type { CameEvent, RoomRef } from "../../events/index.ts";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import { sha256 } from "../../lib/random.ts";
import { findByFqid, findManyByFqid } from "../../participants/index.ts";
import { findRoom, handedMembers, handedRoom, nextRoomNo, putReplica, type StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { checkHead } from "../wire/heads.ts";
import { findReplica, saveReplica } from "../rows/replicas.store.ts";
import { namesFrom } from "../people/foreign-names.ts";
import { knowAll } from "../people/foreign-people.ts";
import { aliasOf } from "./accept-invite.ts";
import { checkEvents } from "./check-events.ts";
import { checkAlone, checkPlaces } from "./check-place.ts";
import { checkOurs, unfit } from "./check-state.ts";
import { checkSides, makeWay, pairOf, type Sides, sidesOf } from "./direct.ts";
import { follow } from "./follow.ts";
import { withAllMembers } from "./fetch-members.ts";
import { introduce } from "./introduce.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";

/** People who are made known in one write. */
const AT_ONCE = 500;

/**
 * Begins the replica of a room with what its hub handed over at our first join (FD12): its state, the newest events up to
 * it, and those since, each held against the next and all against the head that the hub signed. `own`: the join that it is
 * for. `opened`: whose direct room it is to be, where nobody here knows it yet. Nothing is kept where anything is wrong:
 * `SW_FED_SIGNATURE`.
 */
export async function takeJoin(
  parts: ReplicaParts,
  peer: HubPeer,
  ref: Pick<RoomRef, "roomId">,
  answered: WireJoin,
  head: SignedHead,
  own: WireEvent,
  opened?: Sides,
): Promise<void> {
  const { tenant, serverName } = peer;
  const join = await withAllMembers(parts, peer, ref.roomId, answered);
  await checkState(peer, ref, join, head);
  const keyAt = parts.keyAt(tenant.tenantNo, serverName);
  const history = await checkEvents(keyAt, ref.roomId, serverName, undefined, join.events, { live: false });
  const base = history.at(-1);
  if (base?.position !== join.state.position) throw refused("The state is not that of the last event before the join.");
  const fault = unfit(join.state);
  if (fault !== undefined) throw refused(`The state cannot be: ${fault}.`);
  if (!join.since.some(({ hash }) => hash === own.hash)) throw refused("Our join is not in what it brought.");
  const since = await checkEvents(keyAt, ref.roomId, serverName, base, join.since, { live: true });
  const last = since.at(-1);
  if (last?.hash !== head.hash || last.position !== head.position)
    throw refused("The head is not that of the newest event.");
  const { state } = join;
  const scope = { tenantNo: tenant.tenantNo };
  const people = [...new Set(state.members.map(({ fqid }) => fqid))];
  const names = namesFrom(serverName, join.names);
  /** The room that is still but invited to, or one that was asked for, if nothing speaks against it. */
  const expected = async (tx: Tx): Promise<StoredRoom | undefined> => {
    const known = await findRoom(tx, tenant.tenantNo, ref.roomId);
    if (known === undefined ? opened === undefined : known.hub !== serverName) {
      throw new StairwellError("SW_ROOM_NOT_FOUND");
    }
    if (known !== undefined && (await findReplica(tx, known))?.state !== "invited") return undefined;
    if (state.room.roomType !== (known?.room.roomType ?? "dm")) throw refused("It was a room of another type.");
    const stored = known ?? (await yetToBe(tx, tenant, serverName, ref.roomId, state, opened!));
    await checkDirect(tx, tenant, stored, state);
    await checkOurs(tx, tenant, state);
    await checkPlaces(tx, tenant, stored, history);
    await checkAlone(tx, stored, history);
    return stored;
  };
  // Who is in a large room is made known before, some at a time, so that nobody else has to wait for all of them.
  for (let at = 0; people.length - at > AT_ONCE; at += AT_ONCE) {
    await parts.db.write(scope, async (tx) => {
      if ((await expected(tx)) !== undefined) await knowAll(tx, tenant, people.slice(at, at + AT_ONCE), names);
    });
  }
  await parts.db.write(scope, async (tx) => {
    const stored = await expected(tx);
    if (stored === undefined) return;
    await knowAll(tx, tenant, people, names);
    await introduce(tx, tenant, [state.room.creator, ...peopleOf(history)]);
    const members = handedMembers(state);
    const known = await findManyByFqid(tx, tenant.tenantNo, people);
    const room = handedRoom(state);
    const now = await putReplica(tx, stored, {
      hub: serverName,
      alias: aliasOf(serverName, state.room_alias),
      room,
      pair: stored.dmLow === null || stored.dmHigh === null ? null : [stored.dmLow, stored.dmHigh],
      members: members.map((member) => [known.get(member.fqid)!.participantNo, member] as const),
    });
    // A count that only grows will do: it starts where no count of what lies before can reach.
    await parts.log.prepend(tx, stored, room, history, { ordinal: base.position });
    await saveReplica(tx, stored, {
      state: "live",
      oldestPosition: history[0]!.position,
      basePosition: state.position,
      baseState: state,
      head,
      proofs: [],
    });
    await follow(tx, parts, tenant, now, room, since);
  });
}

/** A direct room that was opened on its hub and that nobody here knows: where it is to stand. */
async function yetToBe(
  tx: Tx,
  tenant: Tenant,
  hub: string,
  roomId: RoomRef["roomId"],
  state: WireState,
  opened: Sides,
): Promise<StoredRoom> {
  const ref = { tenantNo: tenant.tenantNo, roomNo: await nextRoomNo(tx, tenant.tenantNo), roomId };
  const pair = await pairOf(tx, tenant, opened);
  await makeWay(tx, ref, pair, (await findByFqid(tx, tenant.tenantNo, opened.ours))!.participantNo);
  return { ...ref, alias: null, hub, activeAt: 0, dmLow: pair[0], dmHigh: pair[1], room: handedRoom(state) };
}

/** FD24: whose direct room it is was known before, and is what its hub says. */
async function checkDirect(tx: Tx, tenant: Tenant, stored: StoredRoom, { room, members }: WireState): Promise<void> {
  const sides = await sidesOf(tx, stored);
  if (sides === undefined) return;
  const ours = [...sides].find((fqid) => parseFqid(fqid)?.serverName === tenant.serverName);
  const theirs = [...sides].find((fqid) => fqid !== ours);
  if (ours === undefined || theirs === undefined) throw refused("The pair has another direct room.");
  checkSides(tenant, stored.hub, { ours, theirs }, { ...room, members });
}

async function checkState({ keyOf }: HubPeer, { roomId }: Pick<RoomRef, "roomId">, join: WireJoin, head: SignedHead) {
  await checkHead(keyOf, head);
  const state_hash = sha256(wireStateText(join.state));
  const { publicKey } = await keyOf(head.key_id);
  const text = stateText({ room_id: roomId, position: join.state.position, state_hash });
  if (state_hash !== join.state_hash || !verifyEd25519(publicKey, text, join.state_signature)) {
    throw refused("The state is not signed by the room's hub.");
  }
  if (head.room_id !== roomId) throw refused("The head is of another room.");
}

function peopleOf(events: readonly CameEvent[]) {
  return events.flatMap(({ sender, actedBy }) => [sender, actedBy]);
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message, rule: "FD12" });
}
